"""Reading topics into a sink."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from app.export.line import Origin, Unreadable
from app.export.sink import Sink
from app.kafka.log import Progress

ProgressBar = Callable[[str], AbstractContextManager[Progress | None]]


@dataclass
class Taken:
    """How many rows of each table, and what was left out."""

    rows: Counter[str] = field(default_factory=Counter[str])
    unreadable: Unreadable = field(default_factory=Unreadable)


def run(origins: Iterable[Origin], sink: Sink, bar: ProgressBar) -> Taken:
    """Read each topic through; the sink is closed then."""
    taken = Taken()
    for origin in origins:
        with bar(origin.topic) as tell:
            for line in origin.lines(taken.unreadable, tell):
                sink.add(line)
                taken.rows[line.table] += 1
    sink.close()
    return taken
