"""How far a copy has come, and which partitions wait for others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from app.core.webhook import Place
from app.kafka.record import Record, Span
from app.read.progress import extent


class _Wait(NamedTuple):
    """For what lies at `place`."""

    record: Place
    place: Place


class Way:
    """By partition of the old log: up to where records were `read`, and are `done`, committed.

    A partition may wait: its next record stands in for one that is not read yet. Such a one was
    written earlier, so that partitions never wait in a circle, unless for what somebody else wrote.
    """

    def __init__(self, spans: Mapping[int, Span], committed: Mapping[int, int]) -> None:
        self.read = {
            number: max(span.first, committed.get(number, 0)) for number, span in spans.items()
        }
        self.done = dict(self.read)
        self._waiting: dict[int, _Wait] = {}
        self._ends = {number: max(span.end, self.read[number]) for number, span in spans.items()}
        self._in_vain: set[Place] = set()
        self._total = extent(self.left().values())

    def left(self) -> dict[int, Span]:
        """What is to be read."""
        return {
            number: Span(at, self._ends[number])
            for number, at in self.read.items()
            if at < self._ends[number]
        }

    def waits(self, number: int) -> bool:
        return number in self._waiting

    def wait(self, record: Record, place: Place) -> None:
        """With this record and all behind it, until what lies there is read."""
        self._waiting[record.partition] = _Wait((record.partition, record.offset), place)

    def begin(self) -> None:
        """Anew, from where all are."""
        self._waiting.clear()

    def progress(self) -> tuple[int, int]:
        return self._total - extent(self.left().values()), self._total

    def may_take(self, record: Record, place: Place) -> bool:
        """Whether what it stands in for was read, or never will be."""
        number, offset = place
        if number not in self.read or number == record.partition:
            return True
        return offset < self.read[number] or (record.partition, record.offset) in self._in_vain

    def is_done(self, place: Place) -> bool:
        """Whether what lies there is committed, or never will be."""
        number, offset = place
        return not self.done.get(number, 0) <= offset < self.read.get(number, 0)

    def can_go_on(self) -> bool:
        """Whether one that waits needs not any more."""
        return any(one.place[1] < self.read[one.place[0]] for one in self._waiting.values())

    def ended(self) -> None:
        """All was read but what waits; what ends a partition may be no record."""
        for number in self.read.keys() - self._waiting.keys():
            self.read[number] = self._ends[number]

    def give_up(self, spans: Mapping[int, Span]) -> None:
        """Where all that are left wait: for what came after it was asked where each ends, one after
        the other; or one of them in vain.
        """
        asked = [one.place for one in self._waiting.values()]
        came = {n: spans[n].end for n, at in asked if self._ends[n] <= at < spans[n].end}
        self._ends |= came
        if not came:
            self._in_vain.update(one.record for one in [*self._waiting.values()][:1])

    def behind(self, spans: Mapping[int, Span]) -> int:
        """How many offsets have come since."""
        return sum(span.end - self.read[number] for number, span in spans.items())
