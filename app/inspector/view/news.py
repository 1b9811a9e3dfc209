"""What changes in the view, told to whoever listens."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager

import msgspec

from app.core.projection import Table
from app.inspector.view.writer import Batch
from app.read.tables import table_of

_WAITING = 50_000  # changes that one listener may have before it


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


def keys_of(news: Iterable[Told]) -> frozenset[str]:
    """Whose rows or letters changed."""
    found: set[str] = set()
    for one in news:
        match one:
            case Change():
                found.add(one.key)
            case Letters():
                found.update(one.keys)
            case Missed():
                pass
    return frozenset(found)


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
    """One who is told, on the loop that it was made on. `over`: there will be nothing more."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[Told | None] = asyncio.Queue()
        self.over = False

    def put(self, news: Sequence[Told | None]) -> None:
        """From any thread. None is the end."""
        self._loop.call_soon_threadsafe(self._put, news)

    def _put(self, news: Sequence[Told | None]) -> None:
        if self._queue.qsize() + len(news) > _WAITING:
            while not self._queue.empty():
                self._queue.get_nowait()
            news = [Missed()]
        for one in news:
            self._queue.put_nowait(one)

    async def next(self, seconds: float) -> list[Told]:
        """What there is to tell, at least one thing unless nothing comes in this time."""
        try:
            found = [await asyncio.wait_for(self._queue.get(), seconds)]
        except TimeoutError:
            return []
        while not self._queue.empty():
            found.append(self._queue.get_nowait())
        self.over = None in found
        return [one for one in found if one is not None]


class News:
    """Tells every listener everything from when it begins to listen."""

    def __init__(self) -> None:
        self._lock = threading.RLock()  # a signal may end what its own thread was about to begin
        self._listeners: set[Listener] = set()
        self._ended = False

    def tell(self, news: Sequence[Told]) -> None:
        """From any thread."""
        if not news:
            return
        with self._lock:
            listeners = list(self._listeners)
        for one in listeners:
            one.put(news)

    @property
    def is_heard(self) -> bool:
        return bool(self._listeners)

    def end(self) -> None:
        """Let every listener go, and those to come."""
        with self._lock:
            self._ended = True
            listeners = list(self._listeners)
        for one in listeners:
            one.put([None])

    @asynccontextmanager
    async def listen(self) -> AsyncIterator[Listener]:
        listener = Listener()
        with self._lock:
            self._listeners.add(listener)
            if self._ended:
                listener.put([None])
        try:
            yield listener
        finally:
            with self._lock:
                self._listeners.discard(listener)
