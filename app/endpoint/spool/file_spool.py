"""The spool in a folder: files that are only appended to, and deleted when they are drained."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

from app.core.webhook import RawRecord
from app.endpoint.errors import Overloaded, SpoolBroken, SpoolFull
from app.endpoint.spool.bounds import Bounds
from app.endpoint.spool.folder import try_folder
from app.endpoint.spool.frame import MAGIC
from app.endpoint.spool.news import News
from app.endpoint.spool.orphans import look_around
from app.endpoint.spool.port import Contents, Fate
from app.endpoint.spool.read import read_records
from app.endpoint.spool.segment import Segment, SegmentEntry
from app.endpoint.spool.segment_file import SegmentFile
from app.endpoint.spool.writer import SEGMENT_BYTES, Group, Sync, Waiting, Writer

KEEP_TIMEOUT_S = 2.0
_LOOK_AROUND_S = 2.0
_YOUNG_S = 30.0
_WAITING_BYTES = 64 * 1024 * 1024  # in memory, for a disk that is slow


class FileSpool:
    """To be made and used on a running event loop. The folder is there, and may be shared."""

    def __init__(
        self,
        folder: Path,
        bounds: Bounds,
        news: News,
        *,
        clock: Callable[[], float] = time.time,
        sync: Sync = os.fdatasync,
        segment_bytes: int = SEGMENT_BYTES,
    ) -> None:
        self._folder = folder
        self._bounds = bounds
        self._news = news
        self._clock = clock
        self._writer = Writer(folder, self._settle, sync, segment_bytes)
        self._segments: dict[SegmentFile, Segment] = {}
        self._sealing: asyncio.Future[None] | None = None
        self._waiting_bytes = 0
        self._own_bytes = 0
        self._others_bytes = 0
        self._oldest_at: int | None = None  # of all segments; of their files the first entry's
        self._looked_at = float("-inf")
        self._left_alone: set[Path] = set()
        self._trouble: str | None = None

    async def keep(self, record: RawRecord, fate: Fate | None = None) -> None:
        waiting = Waiting(record, fate, asyncio.get_running_loop().create_future())
        if self._waiting_bytes > _WAITING_BYTES:
            raise Overloaded
        full = self._full(waiting.size)
        if full is not None:
            self._news.full(full)
            raise SpoolFull
        self._waiting_bytes += waiting.size
        self._writer.put(waiting)
        try:
            async with asyncio.timeout(KEEP_TIMEOUT_S):
                await waiting.future
        except TimeoutError:
            self.broke(f"writing takes longer than {KEEP_TIMEOUT_S:g} s")
            raise SpoolBroken from None

    async def oldest_first(self) -> AsyncIterator[Sequence[SegmentEntry]]:
        await self._look_around()
        for segment in sorted(self._segments.values(), key=lambda one: one.oldest_at):
            if not segment.sealed:
                if segment.open_entries > 0 and self._is_young(segment):
                    continue
                await self._seal()
            if segment.open_entries > 0:
                yield await self._load(segment)
            if segment.sealed and segment.open_entries <= 0:
                self._drop(segment)

    def contents(self) -> Contents:
        segments = self._segments.values()
        return Contents(
            sum(one.open_entries for one in segments), self._bytes, self._first_received()
        )

    def trouble(self) -> str | None:
        return self._full(self._bounds.room) or self._trouble

    @property
    def _bytes(self) -> int:
        return self._own_bytes + self._others_bytes

    def _full(self, more: int) -> str | None:
        size = self._bytes + self._waiting_bytes + more
        return self._bounds.full(size, self._oldest_at, self._clock())

    def _first_received(self) -> int | None:
        open_ones = (one for one in self._segments.values() if one.open_entries > 0)
        return min((one.oldest_at for one in open_ones), default=None)

    def _is_young(self, segment: Segment) -> bool:
        """One that is written, with others before it: it may grow, or there would be many files."""
        oldest = min(self._segments.values(), key=lambda one: one.oldest_at)
        written_for = self._clock() - segment.oldest_at / 1_000_000
        return segment is not oldest and 0 <= written_for < _YOUNG_S

    async def close(self) -> None:
        """What waits is written; files that are not drained are for whoever comes next."""
        await asyncio.to_thread(self._writer.close, KEEP_TIMEOUT_S)
        await asyncio.sleep(0)  # what was written last is settled
        for segment in self._segments.values():
            if segment.sealed and segment.open_entries <= 0:
                self._end(segment)
            else:
                segment.file.close()
        self._segments.clear()

    def _settle(self, group: Group) -> None:
        """Of what was written together; or the file's end, where that is nothing."""
        self._waiting_bytes -= sum(one.size for one in group.waiting)
        if group.error is not None:
            self.broke(group.error.strerror or str(group.error))
        elif group.waiting:
            self._works()
        if group.file is not None and (group.places or group.file in self._segments):
            self._note(group, group.file)
        for one in group.waiting:
            if one.future.done():
                continue
            if group.error is None:
                one.future.set_result(None)
            else:
                one.future.set_exception(SpoolBroken())
        if not group.waiting and self._sealing is not None:
            self._sealing.set_result(None)
            self._sealing = None

    def _note(self, group: Group, file: SegmentFile) -> None:
        segment = self._segments.get(file)
        if segment is None:
            first = group.waiting[0].received_at
            segment = Segment(file, first, sealed=False)
            self._add(segment, len(MAGIC))
        segment.sealed = group.sealed
        segment.entries += len(group.places)
        if self._oldest_at is None:
            self._oldest_at = segment.oldest_at
        for at, one in zip(group.places, group.waiting, strict=False):
            self._own_bytes += one.size
            segment.size += one.size
            if one.fate is not None:
                segment.follow(at, one.fate)

    async def _seal(self) -> None:
        """End the file that is written, if there is one."""
        if self._sealing is None:
            self._sealing = asyncio.get_running_loop().create_future()
            self._writer.put(None)
        await asyncio.shield(self._sealing)

    async def _look_around(self) -> None:
        now = time.monotonic()
        if now - self._looked_at < _LOOK_AROUND_S:
            return
        self._looked_at = now
        if self._trouble is not None:
            await self._try_again()
        known = self._left_alone | {file.path for file in self._segments}
        try:
            around = await asyncio.to_thread(look_around, self._folder, known)
        except OSError as error:
            self.broke(error.strerror or str(error))
            return
        self._others_bytes = around.others_bytes
        for path, error in around.unusable:
            self._leave_alone(path, error)
        for orphan in around.orphans:
            found = orphan.found
            segment = Segment(orphan.file, found.oldest_at or 0, sealed=True)
            segment.entries, segment.broken = len(found.records), found.broken
            self._add(segment, found.size)
            self._news.adopted(
                orphan.file.path, segment.entries, torn=found.torn, broken=found.broken
            )

    async def _try_again(self) -> None:
        """Whether it can be written now. Where it cannot, what is in it is drained all the same: on
        a full disk nothing else would make room.
        """
        try:
            await asyncio.to_thread(try_folder, self._folder)
        except OSError as error:
            self.broke(error.strerror or str(error))
        else:
            self._works()

    def _add(self, segment: Segment, size: int) -> None:
        segment.size = size
        self._own_bytes += size
        self._segments[segment.file] = segment
        self._oldest_at = self._first_received()

    async def _load(self, segment: Segment) -> list[SegmentEntry]:
        data = await asyncio.to_thread(segment.file.read)
        found = await asyncio.to_thread(read_records, data, segment.file.name)
        segment.entries = len(found.records)
        segment.broken = found.broken
        there = {at for at, _ in found.records}
        segment.done &= there
        segment.refused &= there
        entries = [SegmentEntry(segment, at, record) for at, record in found.records]
        return [entry for entry in entries if entry.is_open]

    def _drop(self, segment: Segment) -> None:
        del self._segments[segment.file]
        self._own_bytes -= segment.size
        self._oldest_at = self._first_received()
        self._end(segment)

    def _end(self, segment: Segment) -> None:
        """It is drained. What could not be, people may want to look at."""
        file = segment.file
        try:
            if segment.broken or segment.refused:
                self._news.set_aside(file.set_aside(), segment.entries, len(segment.refused))
            else:
                file.delete()
        except OSError as error:
            self._leave_alone(file.path, error)

    def _leave_alone(self, path: Path, error: OSError) -> None:
        self._left_alone.add(path)
        self._news.left_alone(path, error)

    def broke(self, why: str) -> None:
        """It takes nothing, until it can be written again."""
        self._news.broke(why)
        self._trouble = f"the spool in {self._folder} cannot be written: {why}"

    def _works(self) -> None:
        if self._trouble is not None:
            self._trouble = None
            self._news.works()
