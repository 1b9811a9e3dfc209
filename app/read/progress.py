"""How far several readings have come, told as one."""

from __future__ import annotations

from collections.abc import Iterable

from app.kafka.log import Progress
from app.kafka.record import Span


def extent(spans: Iterable[Span]) -> int:
    """How many offsets they hold."""
    return sum(span.end - span.first for span in spans)


class Meter:
    """Give each reading its `part`, in the order in which they are read."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress = progress
        self._total = total
        self._passed = 0

    def part(self, *spans: Span) -> Progress | None:
        """The progress of the next reading, which is of these spans."""
        passed, progress, total = self._passed, self._progress, self._total
        self._passed += extent(spans)
        if progress is None:
            return None
        return lambda done, _: progress(min(total, passed + done), total)
