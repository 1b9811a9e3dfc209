"""The thread that aiokafka's consumer runs in: fetches that end with the assignment they began in.

Overrides of faust/transport/drivers/aiokafka.py `AIOKafkaConsumerThread`:

`_fetch_records`         Takes runs of records, see `fetched`. A fetch that waits while partitions
                         are reassigned goes on after it, and takes records from positions that
                         recovery has set meanwhile: those would be lost. Here a fetch is a task
                         that a reassignment cancels.
`_create_worker_consumer`
                         A fetch without news waits 1.5 s at the broker, by a constant, and what
                         recovery asks on that connection (end offsets, positions) waits behind it.
                         And it reads what is committed only.
`on_partitions_revoked`  The two ends of a reassignment, where it is cancelled.
`on_partitions_assigned` And heartbeats go on while partitions are taken over, which may take long:
                         aiokafka starts them afterwards, when the group has put this member out.
`on_thread_stop`         See `leaving.leave` and `fetched.end_fetches`.

and besides:

`seek_sources`           In place of `seek_to_committed`, which asks for the changelogs too, though
                         nobody commits them, and leaves a partition that has no commit wherever
                         it stands (aiokafka/consumer/consumer.py): records that were fetched from
                         it and thrown away are then never processed. See also `committed`.
`_watch`                 When the group refuses this member for good, or a task of aiokafka's
                         breaks, aiokafka tells whoever calls `getmany`. Faust takes records from
                         the fetcher directly and would go on for ever with nothing. See also
                         `missing_topics`.
`pause`                  Faust only ignores what aiokafka goes on fetching from changelogs after
                         recovery, up to a fetch size for each; aiokafka then makes every other
                         partition of that broker wait 0.1 s for it to be taken.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Any, cast

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import ConsumerStoppedError
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread
from faust.types.tuples import TP
from mode import Service

from app.faust_batch.committed import committed
from app.faust_batch.fetched import Runs, end_fetches, fetch
from app.faust_batch.leaving import leave
from app.faust_batch.logs import FAUST
from app.faust_batch.missing_topics import ask_for_missing
from app.faust_batch.transactions.requests import Member

WATCH_S = 1.0
FETCH_MAX_WAIT_MS = 100


class ConsumerThread(AIOKafkaConsumerThread):
    logger = FAUST
    _fetch: asyncio.Task[Any] | None = None

    def _create_worker_consumer(self, transport: Any) -> AIOKafkaConsumer:
        consumer = super()._create_worker_consumer(transport)
        consumer._fetch_max_wait_ms = FETCH_MAX_WAIT_MS
        consumer._isolation_level = "read_committed"
        return consumer

    async def _fetch_records(
        self,
        consumer: AIOKafkaConsumer,
        active_partitions: Any,
        timeout: float | None = None,
        max_records: int | None = None,
    ) -> Any:  # Runs, where stock has its records
        fetcher: Any = consumer._fetcher
        if consumer._closed or fetcher._closed:
            raise ConsumerStoppedError
        if not self.consumer.flow_active:
            return {}
        with fetcher._subscriptions.fetch_context():
            return await self._fetch_now(fetcher, active_partitions, timeout or 0)

    async def _fetch_now(self, fetcher: Any, partitions: Any, timeout: float) -> Runs:
        limit = cast(Any, self.consumer).app.tuning.batch_records
        self._fetch = asyncio.ensure_future(fetch(fetcher, partitions, timeout, limit))
        try:
            await asyncio.wait({self._fetch})
            return {} if self._fetch.cancelled() else self._fetch.result()
        finally:
            self._end_fetch()

    def _end_fetch(self) -> None:
        if self._fetch is not None:
            self._fetch.cancel()

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        self._end_fetch()
        await super().on_partitions_revoked(revoked)

    async def on_partitions_assigned(self, assigned: set[TP], generation_id: int = 0) -> None:
        self._end_fetch()
        cast(Any, self._ensure_consumer())._coordinator._start_heartbeat_task()
        await super().on_partitions_assigned(assigned, generation_id)

    async def on_thread_stop(self) -> None:
        consumer: Any = self._consumer
        if consumer is not None:
            if consumer._coordinator is not None:
                await leave(consumer._coordinator)
            await end_fetches(consumer._fetcher)
        await super().on_thread_stop()

    @Service.task
    async def _watch(self) -> None:
        async for _ in self.itertimer(WATCH_S, name="consumer watch"):
            consumer: Any = self._ensure_consumer()
            consumer._coordinator.check_errors()
            fetching = consumer._fetcher.error_future
            if fetching.done() and not consumer._fetcher._closed:
                fetching.result()
            cast(Any, self.consumer).app.silence.listen(consumer._client)
            ask_for_missing(consumer._client, consumer.subscription())

    def member(self) -> Member:
        """Who we are in the group, at this moment."""
        coordinator: Any = self._ensure_consumer()._coordinator
        instance = coordinator._group_instance_id
        return Member(coordinator.group_id, coordinator.generation, coordinator.member_id, instance)

    def end_offset(self, tp: TP) -> int | None:
        """As far as the broker has said, and while the partition is assigned."""
        subscription = self._ensure_consumer()._subscription.subscription
        assignment = None if subscription is None else subscription.assignment
        state = None if assignment is None else assignment.state_value(_partition(tp))
        return None if state is None else state.highwater

    async def seek_sources(self, tps: Collection[TP]) -> dict[TP, int | None]:
        """Go to what is committed of these partitions, or to the beginning; returns the former."""
        return await self.call_thread(self._seek_sources, tps)

    async def _seek_sources(self, tps: Collection[TP]) -> dict[TP, int | None]:
        consumer: Any = self._ensure_consumer()
        known = await committed(consumer._coordinator, [_partition(tp) for tp in tps])
        committed_of = {tp: known.get(_partition(tp)) for tp in tps}
        for tp, offset in committed_of.items():
            if offset:
                consumer.seek(_partition(tp), offset)
        if fresh := [_partition(tp) for tp, offset in committed_of.items() if not offset]:
            await consumer.seek_to_beginning(*fresh)
        return committed_of

    async def pause(self, tps: Collection[TP]) -> None:
        """Fetch nothing from these partitions until the next assignment."""
        await self.call_thread(self._pause, tps)

    async def _pause(self, tps: Collection[TP]) -> None:
        consumer = self._ensure_consumer()
        consumer.pause(*(_partition(tp) for tp in tps if tp in consumer.assignment()))


def _partition(tp: TP) -> TopicPartition:
    return TopicPartition(tp.topic, tp.partition)
