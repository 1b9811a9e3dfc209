"""The writers of all source partitions that a worker owns."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from typing import Any

from faust.types.tuples import TP

from app.faust_batch.batch import Batch
from app.faust_batch.transactions.lost import Lost
from app.faust_batch.transactions.outputs import Outputs, Part
from app.faust_batch.transactions.partition_producer import PartitionProducer
from app.faust_batch.transactions.requests import Member
from app.faust_batch.transactions.writer import Events, Producing, Writer

say = logging.getLogger(__name__)


class Writers:
    """`member` says who we are in the group. `lost` is called once for each partition that turns
    out to be another worker's; nothing of it is committed any more."""

    def __init__(self, app: Any, member: Callable[[], Member], lost: Callable[[TP], None]) -> None:
        self._app, self._member, self._tell = app, member, lost
        self._writers: dict[TP, Writer] = {}

    async def own(self, tps: Iterable[TP]) -> None:
        """These partitions are ours from now on, and nobody else's. To be awaited before any
        offset is read: until then earlier owners may change it. A failure ends the process."""
        try:
            await self._app.producer.maybe_start()
            producers = {tp: self._new_producer(tp) for tp in tps}
            await asyncio.gather(*(self._take_over(*each) for each in producers.items()))
        except Exception as error:  # noqa: BLE001
            self._app.fail(error, "partitions could not be taken over")
            return
        tuning = self._app.tuning
        told = self._app.observer.transacted
        events = Events(self._acknowledged, told, self._lose, self._app.fail)
        for tp, producer in producers.items():
            self._writers[tp] = Writer(
                tp, producer, events, tuning.transaction_interval, tuning.transaction_bytes
            )

    async def _take_over(self, source: TP, producer: Producing) -> None:
        if left := await producer.take_over(self._app.tables.changelog_topics):
            say.warning(
                "the broker had left the last transaction of %s open in %s, which its coordinator"
                " took for ended (KAFKA-20734): it is ended now",
                *(source, ", ".join(left)),
            )

    def _new_producer(self, source: TP) -> Producing:
        tuning, client = self._app.tuning, self._app.producer.client
        timeouts = tuning.delivery_timeout, tuning.transaction_timeout
        return PartitionProducer(client, source, self._member, *timeouts)

    def batch(self, make: Callable[[Outputs], Batch], tp: TP) -> Batch | None:
        """A batch whose outputs will be a transaction; None where the partition is not ours."""
        writer = self._writers.get(tp)
        if writer is None or writer.lost:
            return None
        outputs = Outputs(writer.room, self._app.tuning.send_bytes)
        batch = make(outputs)
        writer.add(batch, outputs)
        return batch

    async def settled(self) -> None:
        """Until all that is finished is committed."""
        await asyncio.gather(*(writer.settled() for writer in self._writers.values()))

    async def disown(self) -> None:
        """They are taken away. Rows of those that are lost hold what is not committed."""
        writers, self._writers = self._writers, {}
        for tp, writer in writers.items():
            await writer.close()
            if writer.lost:
                for table in self._app.tables.values():
                    table.drop(tp.partition)

    def _acknowledged(self, part: Part) -> None:
        seconds = time.perf_counter() - part.sent_at
        self._app.observer.sent(part.topic, part.records)
        self._app.observer.acknowledged(part.topic, part.records, seconds)

    def _lose(self, tp: TP, error: Lost) -> None:
        say.warning("%s is another worker's: %s. What was made of it since is dropped.", tp, error)
        self._app.observer.aborted(tp)
        self._tell(tp)
        # The group is about to say so. If it does not, a new start is what is left.
        wait = 2 * self._app.tuning.session_timeout
        asyncio.get_running_loop().call_later(wait, self._expect_gone, tp, self._writers.get(tp))

    def _expect_gone(self, tp: TP, writer: Writer | None) -> None:
        if writer is not None and self._writers.get(tp) is writer:
            error = RuntimeError(f"nobody took {tp} away")
            self._app.fail(error, "a partition is neither ours nor another worker's")
