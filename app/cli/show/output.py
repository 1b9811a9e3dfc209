"""Where output goes: facts to stdout, what is going on to stderr."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.progress import (
    Progress as Bar,
)

from app.cli.show.texts import safe_json
from app.kafka.log import Progress

_WIDTH_OF_A_PIPE = 200
WIDE = 120  # columns; in a narrower terminal what is one line of a list takes two


def console() -> Console:
    """stdout. What is no terminal has no width of its own: it gets a wide one."""
    return Console(
        width=None if sys.stdout.isatty() else _WIDTH_OF_A_PIPE, highlight=False, soft_wrap=False
    )


def print_json(value: object) -> None:
    """One document, indented."""
    sys.stdout.buffer.write(
        safe_json(msgspec.json.format(msgspec.json.encode(value), indent=2)) + b"\n"
    )
    sys.stdout.flush()


def print_json_line(value: object) -> None:
    """One of many, at once."""
    sys.stdout.buffer.write(safe_json(msgspec.json.encode(value)) + b"\n")
    sys.stdout.flush()


def say(text: str) -> None:
    """A sentence to whoever waits."""
    print(text, file=sys.stderr, flush=True)


@contextmanager
def progress_bar(what: str) -> Iterator[Progress | None]:
    """A bar on stderr, which is gone when it is done; none where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)

        def tell(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield tell
