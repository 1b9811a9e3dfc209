"""The spool's twin in memory: it outlives nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from app.core.webhook import RawRecord
from app.endpoint.errors import SpoolBroken, SpoolFull
from app.endpoint.spool.port import Contents, Fate
from app.endpoint.spool.stored import encode_record


class MemoryEntry:
    def __init__(self, record: RawRecord) -> None:
        self.record = record
        self.fate: Fate | None = None
        self.is_open = True
        self.is_refused = False

    def under_way(self, fate: Fate) -> None:
        self.fate = fate
        fate.add_done_callback(self._known)

    def done(self) -> None:
        self.is_open = False

    def refuse(self) -> None:
        self.is_open = False
        self.is_refused = True

    def _known(self, fate: Fate) -> None:
        if fate is self.fate:
            self.fate = None
        if not fate.cancelled() and fate.result():
            self.done()


class MemorySpool:
    """Takes so many entries; `broken` set, it takes none."""

    def __init__(self, max_entries: int = 1_000) -> None:
        self.broken = False
        self._max_entries = max_entries
        self._all: list[MemoryEntry] = []

    @property
    def records(self) -> list[RawRecord]:
        return [entry.record for entry in self._open()]

    async def keep(self, record: RawRecord, fate: Fate | None = None) -> None:
        if self.broken:
            raise SpoolBroken
        if self._is_full():
            raise SpoolFull
        entry = MemoryEntry(record)
        self._all.append(entry)
        if fate is not None:
            entry.under_way(fate)

    async def oldest_first(self) -> AsyncIterator[Sequence[MemoryEntry]]:
        if entries := self._open():
            yield entries

    def contents(self) -> Contents:
        entries = self._open()
        return Contents(
            len(entries),
            sum(len(encode_record(entry.record)) for entry in entries),
            min((entry.record.received_at for entry in entries), default=None),
        )

    def trouble(self) -> str | None:
        if self.broken:
            return "the spool is broken"
        return "the spool is full" if self._is_full() else None

    async def close(self) -> None: ...

    def _is_full(self) -> bool:
        return len(self._open()) >= self._max_entries

    def _open(self) -> list[MemoryEntry]:
        return [entry for entry in self._all if entry.is_open]
