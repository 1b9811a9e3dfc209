"""What reading a topic gives: rows of tables, and what could not be read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from app.kafka.log import Progress
from app.kafka.record import Record

_SHOWN = 3


class Line(NamedTuple):
    """A row of a table: values in the order of its columns, records as objects with attributes;
    `size` is about how many bytes they are.
    """

    table: str
    values: tuple[Any, ...]
    size: int


@dataclass
class Unreadable:
    """Records that were left out: how many, and where the first lie and why."""

    count: int = 0
    shown: list[str] = field(default_factory=list[str])

    def add(self, record: Record, why: str) -> None:
        self.count += 1
        if len(self.shown) < _SHOWN:
            self.shown.append(f"{record.topic} {record.partition}:{record.offset}: {why}")


class Origin(Protocol):
    """A topic, read as rows of one table or of several, in an order that is the log's alone."""

    @property
    def topic(self) -> str: ...

    @property
    def tables(self) -> list[str]: ...

    def lines(self, unreadable: Unreadable, progress: Progress | None) -> Iterator[Line]: ...
