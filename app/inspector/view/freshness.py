"""How fresh the view is: the last moment of which it is known to hold everything."""

from __future__ import annotations

import threading
from collections import deque

from app.inspector.view.cluster import Standing
from app.inspector.view.writer import Places

_REMEMBERED = 64


class Freshness:
    """Is told where the topics ended at some moments, and how far the view is."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[Standing] = deque(maxlen=_REMEMBERED)
        self._as_of: float | None = None
        self._first_left: int | None = None
        self.latest: Standing | None = None

    def tell(self, standing: Standing) -> None:
        with self._lock:
            self.latest = standing
            self._waiting.append(standing)

    def as_of(self, places: Places) -> float | None:
        """Seconds since the epoch; None as long as it never held everything."""
        with self._lock:
            while self._waiting and left(self._waiting[0].ends, places) == 0:
                self._as_of = self._waiting.popleft().at
            return self._as_of

    def forget(self) -> None:
        """The view begins anew."""
        with self._lock:
            self._waiting.clear()
            self._as_of = self.latest = None


def left(ends: Places, places: Places) -> int:
    """How many offsets are still to be read."""
    return sum(max(0, end - places.get(place, 0)) for place, end in ends.items())
