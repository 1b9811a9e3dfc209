"""Commits what the batches of one source partition made, several to a transaction."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from typing import NamedTuple, Protocol

from faust.types.tuples import TP

from app.faust_batch.batch import Batch, Delivery
from app.faust_batch.transactions.lost import Lost
from app.faust_batch.transactions.outputs import Outputs, Part, Written


class Producing(Protocol):
    """See `PartitionProducer`."""

    async def take_over(self, topics: Collection[str]) -> list[str]: ...

    async def commit(self, parts: Sequence[Part], offset: int) -> None: ...


class Events(NamedTuple):
    """Whom a writer tells: a batch's part is committed, a transaction of so many batches was and
    took so many seconds, its partition is lost, or it failed."""

    acknowledged: Callable[[Part], None]
    transacted: Callable[[TP, int, float], None]
    lost: Callable[[TP, Lost], None]
    failed: Callable[[BaseException, str], None]


class _Entry(NamedTuple):
    batch: Batch
    outputs: Outputs
    committed: asyncio.Future[None]


class Writer:
    """A transaction begins when a batch is finished, takes in those that are finished by then, and
    no other begins within `interval` seconds. Outputs wait in memory for that, up to about
    `most` bytes; then `room` waits.
    """

    def __init__(
        self, tp: TP, producer: Producing, events: Events, interval: float, most: int
    ) -> None:
        self.lost = False
        self._tp, self._producer, self._events = tp, producer, events
        self._interval, self._most = interval, most
        self._waiting: deque[_Entry] = deque()
        self._added = asyncio.Event()
        self._task = asyncio.ensure_future(self._run())

    def add(self, batch: Batch, outputs: Outputs) -> None:
        """Batches are added in their order, before they are begun."""
        committed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self.lost:
            committed.cancel()
        batch.deliveries.append(Delivery(committed, 0))
        self._waiting.append(_Entry(batch, outputs, committed))
        self._added.set()

    async def room(self) -> None:
        """Until less than `most` bytes of other batches wait, or the partition is lost."""
        while not self.lost:
            begun = [entry for entry in self._waiting if entry.batch.done.is_set()]
            if not begun or sum(part.size for e in begun for part in e.outputs.parts) < self._most:
                return
            await asyncio.wait({begun[0].committed})

    async def settled(self) -> None:
        """Until all that is finished is committed, or the partition is lost."""
        done = {entry.committed for entry in self._waiting if entry.batch.done.is_set()}
        if done and not self.lost:
            await asyncio.wait(done)

    async def close(self) -> None:
        """Nothing is written any more."""
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def _run(self) -> None:
        try:
            while True:
                await self._finished()
                due = time.monotonic() + self._interval
                await self._commit(self._together())
                await asyncio.sleep(max(0.0, due - time.monotonic()))
        except Lost as error:
            self._lose(error)
        except Exception as error:  # noqa: BLE001
            self._events.failed(error, f"what {self._tp} gives could not be committed")

    async def _finished(self) -> None:
        """Until the next batch is finished."""
        while not self._waiting:
            self._added.clear()
            await self._added.wait()
        await self._waiting[0].batch.done.wait()

    def _together(self) -> list[_Entry]:
        """Of the batches that are finished, as many as are no more than `most` bytes."""
        entries: list[_Entry] = []
        size = 0
        for entry in self._waiting:
            size += sum(part.size for part in entry.outputs.parts)
            if not entry.batch.done.is_set() or (entries and size > self._most):
                break
            entries.append(entry)
        return entries

    async def _commit(self, entries: Sequence[_Entry]) -> None:
        parts = [part for entry in entries for part in entry.outputs.parts]
        began = time.monotonic()
        await self._producer.commit(parts, entries[-1].batch.next_offset)
        self._events.transacted(self._tp, len(entries), time.monotonic() - began)
        for part in parts:
            part.future.set_result(Written(part.offset))
            self._events.acknowledged(part)
        for entry in entries:
            self._waiting.popleft()
            entry.committed.set_result(None)

    def _lose(self, error: Lost) -> None:
        """What it made is as if it had never been."""
        self.lost = True
        for entry in self._waiting:
            entry.committed.cancel()
            for part in entry.outputs.parts:
                part.future.cancel()
        self._events.lost(self._tp, error)
