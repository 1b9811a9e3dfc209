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
from app.faust_batch.transactions.writer import Events, Producing, Writer

say = logging.getLogger(__name__)


class Writers:
    """`new_producer` makes the producer of a source partition. `lost` is called once for each
    partition that turns out to be another worker's; nothing of it is committed any more."""

    def __init__(
        self, app: Any, new_producer: Callable[[TP], Producing], lost: Callable[[TP], None]
    ) -> None:
        self._app, self._new_producer, self._tell = app, new_producer, lost
        self._writers: dict[TP, Writer] = {}

    @property
    def lost(self) -> set[TP]:
        return {tp for tp, writer in self._writers.items() if writer.lost}

    async def own(self, tps: Iterable[TP]) -> None:
        """These partitions are ours from now on, and nobody else's. To be awaited before any
        offset is read: until then earlier owners may change it."""
        producers = {tp: self._new_producer(tp) for tp in tps}
        await asyncio.gather(*(each.take_over() for each in producers.values()))
        tuning = self._app.tuning
        told = self._app.observer.transacted
        events = Events(self._acknowledged, told, self._lose, self._app.fail)
        for tp, producer in producers.items():
            self._writers[tp] = Writer(
                tp, producer, events, tuning.transaction_interval, tuning.transaction_bytes
            )

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
        writers, self._writers = self._writers, {}
        for writer in writers.values():
            await writer.close()

    def _acknowledged(self, part: Part) -> None:
        seconds = time.perf_counter() - part.sent_at
        self._app.observer.sent(part.topic, part.records)
        self._app.observer.acknowledged(part.topic, part.records, seconds)

    def _lose(self, tp: TP, error: Lost) -> None:
        say.warning("%s is another worker's: %s. What was made of it since is dropped.", tp, error)
        self._tell(tp)
