"""Options that several commands take."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from app.cli.show.times import parse_duration, parse_time
from app.core.webhook import Place, place_of
from app.errors import UserError

Bootstrap = Annotated[str | None, typer.Option(help="Kafka's brokers, HOST:PORT[,HOST:PORT…].")]
Prefix = Annotated[str | None, typer.Option(help="What topic names begin with.")]
Shadow = Annotated[
    str | None, typer.Option(help="Look at the rows that `hookline replay --into NAME` made.")
]
FromTopics = Annotated[
    bool, typer.Option("--from-topics", help="Read the topics, even where an inspector answers.")
]
Scan = Annotated[
    bool, typer.Option("--scan", help="Read the key's whole partition of the raw log through.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Source = Annotated[list[str] | None, typer.Option(help="Only of this source (several: again).")]
KEY = "A row's key: <source>/<kind>/<id>, such as support-eu/conversation/1234."


def now() -> int:
    """Microseconds since the epoch."""
    return time.time_ns() // 1_000


def time_of(option: str, text: str | None) -> int | None:
    """A time that was given as an option, in microseconds."""
    try:
        return None if text is None else parse_time(text, now())
    except ValueError as error:
        raise UserError(f"{option}: {error}.", "Times without a zone are UTC.") from None


def place_given(option: str, text: str | None) -> Place | None:
    """A place on the raw log that was given as an option."""
    place = None if text is None else place_of(text)
    if text is not None and place is None:
        raise UserError(
            f"{option}: {text!r} is no place on the raw log.",
            "Write PARTITION:OFFSET, such as 3:1042, as it stands beside a webhook.",
        )
    return place


def duration_of(option: str, text: str | None) -> int | None:
    """A duration that was given as an option, in microseconds."""
    try:
        return None if text is None else parse_duration(text)
    except ValueError as error:
        raise UserError(f"{option}: {error}.", "The unit stands behind the number.") from None


def span_of(
    first: str, since: str | None, last: str, until: str | None
) -> tuple[int | None, int | None]:
    """Two times that were given as the options `first` and `last`, in microseconds. Raises
    UserError where nothing can lie between.
    """
    since_at, until_at = time_of(first, since), time_of(last, until)
    if since_at is not None and until_at is not None and until_at <= since_at:
        raise UserError(
            f"{last} is not after {first}.",
            f"{first} TIME {last} TIME: {last} is left out.",
        )
    return since_at, until_at
