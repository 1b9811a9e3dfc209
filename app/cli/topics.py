"""`hookline topics`: bring a cluster's topics to what is declared."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Annotated

import msgspec
import typer

from app.kafka.admin import Admin, administration
from app.kafka.connection import connection
from app.kafka.provision import Step
from app.kafka.provision import apply as apply_topics
from app.kafka.provision import plan as plan_topics
from app.kafka.topics import Topic, declare_for
from app.settings import load_settings

CHANGES = 1

Bootstrap = Annotated[str | None, typer.Option(help="Kafka's brokers, HOST:PORT[,HOST:PORT…].")]
Prefix = Annotated[str | None, typer.Option(help="What topic names begin with.")]
Partitions = Annotated[int | None, typer.Option(help="Partitions of each topic; never changes.")]
Replication = Annotated[
    int | None, typer.Option(help="Copies of each partition; 1 loses data with its machine.")
]
RawDays = Annotated[
    int | None, typer.Option(help="Days that the raw log is kept; for ever if not given.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]

app = typer.Typer(no_args_is_help=True)


@app.command()
def plan(
    bootstrap: Bootstrap = None,
    prefix: Prefix = None,
    partitions: Partitions = None,
    replication: Replication = None,
    raw_retention_days: RawDays = None,
    as_json: AsJson = False,
) -> None:
    """Show what `apply` would do. Exit code 1 if there is anything to do."""
    steps = _run(
        plan_topics, bootstrap, prefix, partitions, replication, raw_retention_days, as_json
    )
    if any(step.action != "keep" for step in steps):
        raise typer.Exit(CHANGES)


@app.command()
def apply(
    bootstrap: Bootstrap = None,
    prefix: Prefix = None,
    partitions: Partitions = None,
    replication: Replication = None,
    raw_retention_days: RawDays = None,
    as_json: AsJson = False,
) -> None:
    """Create the topics that are missing and set what differs. Nothing is ever deleted."""
    _run(apply_topics, bootstrap, prefix, partitions, replication, raw_retention_days, as_json)


def _run(
    action: Callable[[Admin, Sequence[Topic]], list[Step]],
    bootstrap: str | None,
    prefix: str | None,
    partitions: int | None,
    replication: int | None,
    raw_retention_days: int | None,
    as_json: bool,
) -> list[Step]:
    settings = load_settings(
        bootstrap=bootstrap,
        topic_prefix=prefix,
        partitions=partitions,
        replication_factor=replication,
        raw_retention_days=raw_retention_days,
    )
    with administration(connection(settings)) as admin:
        steps = action(admin, declare_for(settings))
    if as_json:
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(steps)) + b"\n")
    else:
        width = max(len(step.topic) for step in steps)
        print("\n".join(_line(step, width) for step in steps))
    return steps


def _line(step: Step, width: int) -> str:
    copies = "1 copy" if step.replication == 1 else f"{step.replication} copies"
    changes = [f"{diff.setting} {diff.found} → {diff.declared}" for diff in step.differences]
    facts = [f"{step.partitions} partitions", copies, *changes]
    return f"{step.action:<6}  {step.topic:<{width}}  {', '.join(facts)}"
