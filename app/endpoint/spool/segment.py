"""What a process knows of one of its files: how many entries, and which are on the log."""

from __future__ import annotations

from app.core.webhook import RawRecord
from app.endpoint.spool.port import Fate
from app.endpoint.spool.segment_file import SegmentFile


class Segment:
    """Entries are named by where their frames begin. `sealed`: nothing is written to it any more.
    `broken`: not everything in it could be read. `oldest_at` is its first entry's receive time.
    """

    def __init__(self, file: SegmentFile, oldest_at: int, *, sealed: bool) -> None:
        self.file = file
        self.oldest_at = oldest_at
        self.sealed = sealed
        self.broken = False
        self.entries = 0
        self.size = 0
        self.done: set[int] = set()
        self.refused: set[int] = set()
        self.fates: dict[int, Fate] = {}

    @property
    def open_entries(self) -> int:
        return self.entries - len(self.done) - len(self.refused)

    def follow(self, at: int, fate: Fate) -> None:
        """Until it is known what became of an entry that was sent."""
        self.fates[at] = fate
        fate.add_done_callback(lambda known: self._known(at, known))

    def _known(self, at: int, fate: Fate) -> None:
        if self.fates.get(at) is fate:
            del self.fates[at]
        if not fate.cancelled() and fate.result():
            self.done.add(at)


class SegmentEntry:
    """An entry of a segment, read back."""

    __slots__ = ("_at", "_segment", "record")

    def __init__(self, segment: Segment, at: int, record: RawRecord) -> None:
        self._segment = segment
        self._at = at
        self.record = record

    @property
    def fate(self) -> Fate | None:
        return self._segment.fates.get(self._at)

    @property
    def is_open(self) -> bool:
        return self._at not in self._segment.done and self._at not in self._segment.refused

    def under_way(self, fate: Fate) -> None:
        self._segment.follow(self._at, fate)

    def done(self) -> None:
        self._segment.done.add(self._at)

    def refuse(self) -> None:
        self._segment.refused.add(self._at)
