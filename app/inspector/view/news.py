"""What changes in the view, told to whoever listens."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import msgspec

from app.core.projection import Table
from app.inspector.view.writer import Batch
from app.read.tables import table_of

_WAITING = 1_000  # changes that one listener may have before it


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A row that was written; `phase` is None for one that was deleted. `partition` and `offset`
    are its place in the state topic.
    """

    key: str
    kind: Table | None
    phase: str | None
    partition: int | None
    offset: int | None


class Letters(msgspec.Struct, frozen=True, kw_only=True):
    """Dead letters came, or were closed; `keys` are those they have."""

    keys: list[str]


class Missed(msgspec.Struct, frozen=True):
    """There were more changes than this listener took: it had better ask anew."""


Told = Change | Letters | Missed


def news_of(batch: Batch) -> list[Told]:
    """What a batch that was written changes."""
    told: list[Told] = [
        Change(
            key=row.key,
            kind=row.table,
            phase=row.at.phase,
            partition=row.partition,
            offset=row.offset,
        )
        for row in batch.rows
    ]
    told += [
        Change(key=key, kind=table_of(key), phase=None, partition=None, offset=None)
        for key in sorted(batch.gone)
    ]
    if batch.letters:
        told.append(Letters(keys=sorted({letter.key for letter, _ in batch.letters})))
    return told


class Listener:
    """One who is told, on the loop that it was made on."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[Told] = asyncio.Queue()

    def put(self, news: Sequence[Told]) -> None:
        """From any thread."""
        self._loop.call_soon_threadsafe(self._put, news)

    def _put(self, news: Sequence[Told]) -> None:
        if self._queue.qsize() + len(news) > _WAITING:
            while not self._queue.empty():
                self._queue.get_nowait()
            news = [Missed()]
        for one in news:
            self._queue.put_nowait(one)

    async def next(self, seconds: float) -> list[Told]:
        """What there is to tell, at least one thing unless nothing comes in this time."""
        try:
            told = [await asyncio.wait_for(self._queue.get(), seconds)]
        except TimeoutError:
            return []
        while not self._queue.empty():
            told.append(self._queue.get_nowait())
        return told


class News:
    """Tells every listener everything from when it begins to listen."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: set[Listener] = set()

    def tell(self, news: Sequence[Told]) -> None:
        """From any thread."""
        if not news:
            return
        with self._lock:
            listeners = list(self._listeners)
        for one in listeners:
            one.put(news)

    @asynccontextmanager
    async def listen(self) -> AsyncIterator[Listener]:
        listener = Listener()
        with self._lock:
            self._listeners.add(listener)
        try:
            yield listener
        finally:
            with self._lock:
                self._listeners.discard(listener)
