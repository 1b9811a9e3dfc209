"""`hookline simulate`: signed traffic of every vendor, to try Hookline with."""

from __future__ import annotations

import asyncio
import random
import sys
import time
from pathlib import Path
from typing import Annotated

import msgspec
import typer
import uvloop
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from app.core.times import micros
from app.core.vendors import VENDORS
from app.core.vendors.contract import Source
from app.errors import UserError
from app.settings import Settings, load_settings
from app.simulate.expectation import AnyExpected
from app.simulate.report import Report, lines
from app.simulate.run import Plan, play, write_expectations
from app.sources import load_sources

DEFAULT_COUNT = 1_000
DEFAULT_RATE = 200.0


def simulate(  # noqa: PLR0913, PLR0917 (an option each)
    count: Annotated[
        int | None, typer.Option(min=1, help=f"How many webhooks. [default: {DEFAULT_COUNT:,}]")
    ] = None,
    duration: Annotated[
        float | None, typer.Option(min=0, help="For how many seconds, instead of a count.")
    ] = None,
    rate: Annotated[
        float, typer.Option(min=0, help="Webhooks a second; 0 is as fast as they are taken.")
    ] = DEFAULT_RATE,
    seed: Annotated[
        int | None, typer.Option(help="What happens depends on it. [default: by chance]")
    ] = None,
    start: Annotated[
        str | None,
        typer.Option(help="When the stories are told; with --seed repeats a run. [default: now]"),
    ] = None,
    url: Annotated[str | None, typer.Option(help="The endpoint, http://HOST:PORT.")] = None,
    config: Annotated[Path | None, typer.Option(help="The sources: hookline.toml.")] = None,
    expect: Annotated[
        Path | None, typer.Option(help="Write the rows that must result, a JSON line each.")
    ] = None,
    connections: Annotated[
        int, typer.Option(min=1, max=1_000, help="Webhooks under way at the same time.")
    ] = 64,
    persistent: Annotated[
        bool, typer.Option(help="Give no webhook up, whatever its vendor would do.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Play a contact centre: conversations and calls of every vendor, signed as the vendors sign,
    with duplicates, disorder and a few broken bodies; then say which rows must result.

    Ctrl-C lets the stories that have begun end. Exit code 1: the endpoint did not take every
    webhook, or gave a wrong receipt.
    """
    settings = load_settings(config=config)
    plan = Plan(
        url=url or _own_endpoint(settings),
        seed=random.randrange(10**6) if seed is None else seed,  # noqa: S311
        now=time.time_ns() // 1_000 if start is None else _start(start),
        count=_count(count, duration, rate),
        rate=rate or None,
        duration=duration,
        connections=connections,
        persistent=persistent,
    )
    said, rows = _play(plan, _sources(settings))
    if expect is not None:
        write_expectations(expect, rows)
    if as_json:
        sys.stdout.write(msgspec.json.encode(said).decode() + "\n")
    else:
        sys.stdout.write("\n".join(lines(said)) + "\n")
    raise typer.Exit(0 if said.all_went_well else 1)


def _count(count: int | None, duration: float | None, rate: float) -> int | None:
    """A duration at a known rate is a count, too."""
    if duration is None:
        return count or DEFAULT_COUNT
    if rate:
        return min(count or sys.maxsize, max(1, round(rate * duration)))
    return count


def _own_endpoint(settings: Settings) -> str:
    host = settings.endpoint_host
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104
    host = everywhere.get(host, host)
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.endpoint_port}"


def _start(text: str) -> int:
    try:
        return micros(text)
    except ValueError:
        raise UserError(
            f"{text!r} is not a time.", "Give --start as in 2026-03-25T18:30:00Z."
        ) from None


def _sources(settings: Settings) -> tuple[Source, ...]:
    """Those of the configuration, else of the one that `hookline dev` made."""
    path = settings.config or settings.data_dir / "hookline.toml"
    if settings.config is None and not path.exists():
        raise UserError(
            "The simulator does not know which sources there are.",
            "Name the endpoint's hookline.toml with --config or HOOKLINE_CONFIG, or start "
            "`hookline dev`, which makes one.",
        )
    return load_sources(path, VENDORS)


def _play(plan: Plan, sources: tuple[Source, ...]) -> tuple[Report, list[AnyExpected]]:
    columns = (
        TextColumn("sending"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with (
        Progress(*columns, console=Console(stderr=True), transient=True) as progress,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        task = progress.add_task("sending", total=plan.count)
        return runner.run(play(plan, sources, lambda sent: progress.update(task, completed=sent)))
