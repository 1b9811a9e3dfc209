"""The thread that writes: all that waits is written together and synced once."""

from __future__ import annotations

import asyncio
import os
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from app.core.webhook import RawRecord
from app.endpoint.spool.frame import HEAD_BYTES, MAGIC, frame
from app.endpoint.spool.port import Fate
from app.endpoint.spool.segment_file import SegmentFile, create
from app.endpoint.spool.stored import encode_record

SEGMENT_BYTES = 8 * 1024 * 1024
_GROUP_BYTES = 4 * 1024 * 1024

Sync = Callable[[int], None]


class Waiting:
    """A webhook to be written; `future` is done when it is safe, or failed."""

    __slots__ = ("fate", "future", "payload", "received_at")

    def __init__(self, record: RawRecord, fate: Fate | None, future: asyncio.Future[None]) -> None:
        self.payload = encode_record(record)
        self.received_at = record.received_at
        self.fate = fate
        self.future = future

    @property
    def size(self) -> int:
        return HEAD_BYTES + len(self.payload)


class Group(NamedTuple):
    """What was written together, and where in the file each began; or why it was not."""

    waiting: list[Waiting]
    file: SegmentFile | None
    places: list[int]
    sealed: bool
    error: OSError | None


class Writer:
    """Writes into files of its own. `settled` is called on the event loop with each group."""

    def __init__(
        self,
        folder: Path,
        settled: Callable[[Group], None],
        sync: Sync = os.fdatasync,
        segment_bytes: int = SEGMENT_BYTES,
    ) -> None:
        self._folder = folder
        self._settled = settled
        self._sync = sync
        self._segment_bytes = segment_bytes
        self._loop = asyncio.get_running_loop()
        self._work: deque[Waiting | None] = deque()  # None: end the file that is written
        self._changed = threading.Condition()
        self._closing = False
        self._file: SegmentFile | None = None
        self._size = 0
        self._thread = threading.Thread(target=self._run, name="spool", daemon=True)
        self._thread.start()

    def put(self, waiting: Waiting | None) -> None:
        """None ends the file that is being written; a group without webhooks tells when."""
        with self._changed:
            self._work.append(waiting)
            self._changed.notify()

    def close(self, seconds: float) -> None:
        """Write what waits, for so many seconds at most; not on the event loop."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join(seconds)

    def _run(self) -> None:
        while (work := self._next()) is not None:
            group = self._write(work) if work else self._seal()
            with suppress(RuntimeError):  # the loop is closed: nobody waits
                self._loop.call_soon_threadsafe(self._settled, group)

    def _next(self) -> list[Waiting] | None:
        """Some that are to be written together, none for the file's end; None at the very end."""
        with self._changed:
            while not self._work:
                if self._closing:
                    return None
                self._changed.wait()
            group: list[Waiting] = []
            size = 0
            while self._work and size < _GROUP_BYTES:
                one = self._work[0]
                if one is None and group:
                    break
                self._work.popleft()
                if one is None:
                    break
                group.append(one)
                size += one.size
            return group

    def _write(self, waiting: list[Waiting]) -> Group:
        try:
            if self._file is None:
                self._file, self._size = create(self._folder), len(MAGIC)
            assert self._file.name is not None
            marker = self._file.name.marker
            places: list[int] = []
            at = self._size
            for one in waiting:
                places.append(at)
                at += one.size
            _append(self._file.fd, b"".join(frame(marker, one.payload) for one in waiting))
            self._sync(self._file.fd)
        except OSError as error:
            return self._fail(waiting, error)
        self._size = at
        file, sealed = self._file, at >= self._segment_bytes
        if sealed:
            self._file = None
        return Group(waiting, file, places, sealed, None)

    def _fail(self, waiting: list[Waiting], error: OSError) -> Group:
        """Nothing is written any more to a file of which a write or a sync failed: what its pages
        hold is not known. What was synced before stays good.
        """
        file, self._file = self._file, None
        if file is not None and self._size == len(MAGIC):
            with suppress(OSError):
                file.delete()
            file = None
        elif file is not None:
            with suppress(OSError):
                os.ftruncate(file.fd, self._size)
        return Group(waiting, file, [], True, error)

    def _seal(self) -> Group:
        file, self._file = self._file, None
        return Group([], file, [], True, None)


def _append(fd: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]
