"""How much comes in and is worked off, and how far the workers are behind: the last hour."""

from __future__ import annotations

import threading
from collections import deque
from itertools import pairwise
from typing import NamedTuple

import msgspec

from app.inspector.view.cluster import Standing

EVERY_S = 5.0
_KEPT = 720
_PRESENT = 12  # points that a rate of now is of: a minute


class _Point(NamedTuple):
    """Sums over the partitions; `committed` is None as long as no worker has committed."""

    at: float
    received: int
    committed: int | None
    written: int


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """Of the time up to `at` (seconds since the epoch), a second each: webhooks on the raw log,
    webhooks worked off, records of rows and dead letters. `lag` at its end, in webhooks.
    """

    at: float
    received: float
    processed: float | None
    written: float
    lag: int | None


class Rates:
    """Is told where the cluster stands, and remembers every few seconds of it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._points: deque[_Point] = deque(maxlen=_KEPT)

    def tell(self, standing: Standing) -> None:
        with self._lock:
            if self._points and standing.at - self._points[-1].at < EVERY_S:
                return
            self._points.append(
                _Point(
                    standing.at,
                    sum(standing.raw_ends.values()),
                    sum(standing.committed.values()) if standing.committed else None,
                    sum(standing.ends.values()),
                )
            )

    def now(self) -> Rate | None:
        """Of the last minute."""
        points = self._all()[-_PRESENT:]
        return _rate(points[0], points[-1]) if len(points) > 1 else None

    def series(self) -> list[Rate]:
        """The oldest first."""
        return [_rate(one, other) for one, other in pairwise(self._all())]

    def _all(self) -> list[_Point]:
        with self._lock:
            return list(self._points)


def _rate(one: _Point, other: _Point) -> Rate:
    seconds = other.at - one.at
    both = one.committed is not None and other.committed is not None

    def each(before: int, after: int) -> float:
        return round(max(0, after - before) / seconds, 3)

    return Rate(
        at=other.at,
        received=each(one.received, other.received),
        processed=each(one.committed or 0, other.committed or 0) if both else None,
        written=each(one.written, other.written),
        lag=None if other.committed is None else max(0, other.received - other.committed),
    )
