"""Histories that a page was made of, kept for its parts: who drags along the moments of a row asks
for many of them in a second.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

from app.history.history import History

MOST = 4
LARGEST = 5_000  # webhooks
_KEPT_S = 120.0


class Kept(NamedTuple):
    """A history, and what whoever works something out of it has to hold meanwhile."""

    history: History
    lock: threading.Lock
    since: float


class Histories:
    """The last few, by what they are of."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Kept] = OrderedDict()

    def anew(self, name: str, read: Callable[[], History]) -> Kept:
        """For a page."""
        kept = Kept(read(), threading.Lock(), time.monotonic())
        with self._lock:
            self._kept.pop(name, None)
            if len(kept.history.webhooks.records) <= LARGEST:
                self._kept[name] = kept
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
        return kept

    def same(self, name: str, read: Callable[[], History]) -> Kept:
        """For a part of it: what the page was made of, unless that is long ago."""
        with self._lock:
            kept = self._kept.get(name)
            if kept is not None:
                self._kept.move_to_end(name)
        if kept is None or time.monotonic() - kept.since > _KEPT_S:
            return self.anew(name, read)
        return kept
