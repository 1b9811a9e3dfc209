"""The consumer: delivers runs of records, and commits what is processed and acknowledged.

Overrides of faust/transport/consumer.py `Consumer` (C) and drivers/aiokafka.py `Consumer` (D):

`_new_consumer_thread`     (D) Ours, see `consumer_thread`.
`_drain_messages`, `_getmany`
                           (C) Stock creates four asyncio tasks and an event a record. It also hands
                           the fetcher its own set of active partitions, which a rebalance empties
                           meanwhile, and an empty set means "any partition" to aiokafka.
`_filter_tps_with_pending_acks`, `_new_offset`, `_commit_offsets`
                           (C) Faust's acknowledgements prove nothing: a skipped event and one
                           whose agent raised are acknowledged too, and messages may be queued in
                           the producer still. An offset is committable when `OpenBatches` says so.
                           Stock also marks a commit as done that failed. With transactions, they
                           have committed it.
`wait_empty`               (C) What an agent has begun is finished, everything sent is acknowledged
                           or its transaction committed, then offsets are. Stock gives up flushing
                           after 0.1 s without progress, runs the garbage collector, and commits
                           what it can.
`on_partitions_revoked`    (C) Whatever was fetched before, and not begun, is void. While the
                           worker stops, its writers are still at work on what is begun.
`on_partitions_assigned`   (C) With transactions, sources are taken over before offsets are read. A
                           worker that stops leaves off: they are the next owner's.
`on_stop`                  (C) Transactions end with it.
`perform_seek`             (C) See `ConsumerThread.seek_sources`. A rebalance that begins meanwhile
                           makes it void: stock says that the worker is ready.
`resume_partitions`, `resume_flow`
                           (C) Stock opens the sources before it has sought them, and clears the
                           agents' queues after: a run delivered in between is lost and blocks
                           all later commits. Here sources open when the flow resumes; not in a
                           worker that stops, whose recovery may end only then.
`on_buffer_full`, `on_buffer_drop`
                           (C) A full queue simply blocks delivery. The stock valve wakes
                           partitions that are paused for recovery.
`verify_event_path`        (D) Calls a changelog that is paused on purpose stuck, and logs so.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping
from typing import Any, cast

from aiokafka.errors import IllegalStateError
from faust.transport.drivers import aiokafka as driver
from faust.types.tuples import TP

from app.faust_batch.batch import Batch, Outbox
from app.faust_batch.consumer_thread import ConsumerThread
from app.faust_batch.fetched import Run, Runs, is_few
from app.faust_batch.logs import FAUST
from app.faust_batch.message import message_of
from app.faust_batch.open_batches import OpenBatches
from app.faust_batch.transactions.writers import Writers

FETCH_WAIT_S = 0.25  # how long a change of the active partitions may go unnoticed
IDLE_WAIT_S = 0.05


class Consumer(driver.Consumer):
    logger = FAUST
    app: Any  # our App: naming it here would be a circle
    _thread: ConsumerThread  # pyright: ignore[reportIncompatibleVariableOverride]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.open = OpenBatches()
        self._epoch = 0  # grows with every reassignment: what was fetched before it is void
        self._sought: set[TP] = set()  # sources that open when the flow resumes
        super().__init__(*args, **kwargs)
        self.writers = Writers(self.app, self._thread.member, self._on_lost)

    def _new_consumer_thread(self) -> ConsumerThread:
        return ConsumerThread(self, loop=self.loop, beacon=self.beacon)

    # Fetching

    async def _drain_messages(self, fetcher: Any) -> None:
        try:
            while not (self.should_stop or fetcher.should_stop):
                await self._drain_once()
        except (*self.consumer_stopped_errors, asyncio.CancelledError):
            if not self.app.should_stop:
                raise

    async def _drain_once(self) -> None:
        epoch, active = self._epoch, set(self._get_active_partitions())
        if not self.flow_active or not active:
            await self.sleep(IDLE_WAIT_S)
            return
        fetched = cast(Runs, await self._getmany(active, FETCH_WAIT_S))
        began = time.monotonic()
        await asyncio.sleep(0)  # the result may have been there at once
        for partition, run in fetched.items():
            if self._epoch != epoch or not self.flow_active or self.should_stop:
                return  # recovery or the next worker reads them again
            tp = TP(*partition)
            if tp in self._get_active_partitions():
                await self._deliver(tp, run)
        if is_few(fetched):
            await self._pace(began)

    async def _pace(self, since: float) -> None:
        """Records that come one by one are better taken some at a time: what a fetch and a batch
        cost hardly depends on how many there are."""
        await asyncio.sleep(max(0.0, since + self.app.tuning.fetch_interval - time.monotonic()))

    async def _deliver(self, tp: TP, run: Run) -> None:
        is_source = self.app.topics.acks_enabled_for(tp.topic)
        if is_source and not run.records:
            return  # recovery is told of it, for it waits until the end
        batch = self._batch(tp, run, is_source)
        if batch is None:
            return
        self._read_offset[tp] = batch.next_offset
        if not is_source:
            self.app.tables.recovery.restore(batch)
            return
        self.open.add(batch)
        self.app.observer.fetched(batch)
        message = message_of(batch, self.app.consumer_generation_id)
        await self.wait_first(self.callback(message), self.suspend_flow.wait())

    def _batch(self, tp: TP, run: Run, is_source: bool) -> Batch | None:
        end = self._thread.end_offset(tp)

        def make(outbox: Outbox) -> Batch:
            return Batch(tp, run.records, outbox, end, run.next_offset)

        if is_source and self.app.tuning.transactions:
            return self.writers.batch(make, tp)
        return make(self.app.producer)

    def on_buffer_full(self, tp: TP) -> None:
        pass

    def on_buffer_drop(self, tp: TP) -> None:
        pass

    def verify_event_path(self, now: float, tp: TP) -> None:
        if not self._is_changelog_tp(tp):
            super().verify_event_path(now, tp)

    # Rebalancing

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        self._epoch += 1
        self._sought = set()
        if self.app.should_stop:
            await self.wait_empty()  # before the next owner; what else is to end, the stop ends
            self.open.forget(revoked)
            return
        self.open.void_waiting()
        self.app.observer.revoked(revoked)
        await super().on_partitions_revoked(revoked)  # finishes what is begun, and commits it
        await self.writers.disown()
        self.open.forget(revoked)

    async def on_partitions_assigned(self, assigned: set[TP], generation_id: int = 0) -> None:
        self._epoch += 1
        if self.app.should_stop:
            return
        if self.app.tuning.transactions:
            own = self.writers.own({tp for tp in assigned if not self._is_changelog_tp(tp)})
            if await self.wait_for_stopped(own):
                return
        await super().on_partitions_assigned(assigned, generation_id)

    def _on_lost(self, tp: TP) -> None:
        self.pause_partitions({tp})
        self.open.void_waiting({tp})

    async def on_stop(self) -> None:
        await super().on_stop()
        await self.writers.disown()

    async def perform_seek(self) -> None:
        epoch = self._epoch
        assignment = self.assignment()
        sources = {tp for tp in assignment if not self._is_changelog_tp(tp)}
        committed = await self._thread.seek_sources(sources)
        for tp, offset in committed.items():
            self._read_offset[tp] = self._committed_offset[tp] = offset or None
        await self._thread.pause(assignment - sources - self.app.assignor.assigned_standbys())
        if self._epoch != epoch:
            raise IllegalStateError  # a rebalance began meanwhile: recovery begins anew after it
        self._sought = sources

    def resume_partitions(self, tps: Iterable[TP]) -> None:
        super().resume_partitions({tp for tp in tps if self._is_changelog_tp(tp)})

    def resume_flow(self) -> None:
        if self.app.should_stop:
            return
        super().resume_partitions(self._sought)
        self._sought = set()
        super().resume_flow()

    # Committing

    def _filter_tps_with_pending_acks(self, topics: Any = None) -> Any:
        return [
            tp for tp in self.open.partitions() if not topics or tp in topics or tp.topic in topics
        ]

    def _new_offset(self, tp: TP) -> int | None:
        self._acked[tp].clear()
        self._acked_index[tp].clear()
        return self.open.committable(tp)

    async def _commit_offsets(
        self, offsets: Mapping[TP, int], start_new_transaction: bool = True
    ) -> bool:
        assigned = self.assignment()
        offsets = {tp: offset for tp, offset in offsets.items() if tp in assigned}
        if not offsets:
            return False
        if not self.app.tuning.transactions and not await self._commit(offsets):
            return False
        self._committed_offset.update(offsets)
        self.app.tables.on_commit(offsets)
        self.app.monitor.on_tp_commit(offsets)
        for tp, offset in offsets.items():
            self.app.observer.committed(tp, offset)
        return True

    async def wait_empty(self) -> None:
        self.open.void_waiting()
        await self.open.until_idle()
        await self.writers.settled()
        await self.app.producer.flush()
        if not await self.commit():  # False also where it only waited for a commit under way
            await self.commit()
