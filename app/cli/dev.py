"""`hookline dev`: all of it on this machine, by one command."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from app.dev.plan import PARTITIONS, REPLICATION, Plan
from app.dev.run import run_dev
from app.dev.welcome import facts, welcome
from app.kafka.jars import Progress
from app.settings import load_settings


def dev(  # noqa: PLR0913, PLR0917 (an option each)
    bootstrap: Annotated[
        str | None, typer.Option(help="A Kafka that is there already; else one is started.")
    ] = None,
    config: Annotated[
        Path | None, typer.Option(help="The sources: hookline.toml; else one of each vendor.")
    ] = None,
    data_dir: Annotated[Path | None, typer.Option(help="Where data and logs are kept.")] = None,
    prefix: Annotated[str | None, typer.Option(help="What topic names begin with.")] = None,
    partitions: Annotated[
        int | None, typer.Option(help=f"Partitions of each topic. [default: {PARTITIONS}]")
    ] = None,
    replication: Annotated[
        int | None, typer.Option(help=f"Copies of each topic. [default: {REPLICATION}]")
    ] = None,
    kafka_port: Annotated[int | None, typer.Option(help="Kafka's. [default: 9092]")] = None,
    endpoint_port: Annotated[
        int | None, typer.Option(help="The endpoint's. [default: 8080]")
    ] = None,
    worker_port: Annotated[
        int | None, typer.Option(help="The worker's metrics. [default: 8081]")
    ] = None,
    inspector_port: Annotated[
        int | None, typer.Option(help="The inspector's. [default: 8082]")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what is where as JSON.")] = False,
) -> None:
    """Run all of Hookline on this machine: Kafka, endpoint, worker, inspector.

    The first run downloads Kafka (41 MB). Everything listens on 127.0.0.1 alone; a port of 0
    takes any that is free. Data is kept in .hookline and is there again the next time. Ctrl-C
    stops everything. Exit code 1: a process died; its last lines are shown.
    """
    settings = load_settings(
        config=config,
        data_dir=data_dir,
        topic_prefix=prefix,
        partitions=_default(partitions, "HOOKLINE_PARTITIONS", PARTITIONS),
        replication_factor=_default(replication, "HOOKLINE_REPLICATION_FACTOR", REPLICATION),
        kafka_port=kafka_port,
        endpoint_port=endpoint_port,
        worker_metrics_port=worker_port,
        inspector_port=inspector_port,
        bootstrap=bootstrap,
    )

    def up(plan: Plan, seconds: float, sources: list[str], pids: dict[str, int]) -> None:
        text = json.dumps(facts(plan, pids)) if as_json else welcome(plan, seconds, sources)
        print(text, flush=True)

    raise typer.Exit(
        run_dev(settings, bootstrap, _download_bar, lambda line: print(line, file=sys.stderr), up)
    )


def _default(given: int | None, variable: str, otherwise: int) -> int | None:
    """The environment's comes before `otherwise`, which differs from what production uses."""
    return otherwise if given is None and not os.environ.get(variable) else given


@contextmanager
def _download_bar() -> Iterator[Progress]:
    """A bar on stderr that appears when there is something to download."""
    columns = (TextColumn("Downloading Kafka"), BarColumn(), DownloadColumn())
    bar = Bar(*columns, TimeRemainingColumn(), console=Console(stderr=True))
    task = bar.add_task("", total=None)

    def show(done: int, total: int) -> None:
        bar.start()
        bar.update(task, completed=done, total=total)

    try:
        yield show
    finally:
        if bar.live.is_started:
            bar.stop()
