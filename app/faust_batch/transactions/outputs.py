"""What one batch makes, until it is committed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import NamedTuple

from aiokafka.producer.message_accumulator import BatchBuilder

from app.faust_batch.batch import Delivery, Outgoing
from app.faust_batch.producer import pack

NO_COMPRESSION = 0


class Written(NamedTuple):
    """Where the first record of a record batch lies; -1 where the broker could not say."""

    offset: int


class Part:
    """A record batch for the source's partition number of a topic."""

    __slots__ = ("_builder", "data", "future", "offset", "records", "sent_at", "size", "topic")

    def __init__(self, topic: str, builder: BatchBuilder) -> None:
        self.topic = topic
        self.records: int = builder.record_count()
        self.size: int = builder.size()
        self.offset = -1
        self.data = b""
        self.sent_at = time.perf_counter()
        self.future: asyncio.Future[Written] = asyncio.get_running_loop().create_future()
        self._builder: BatchBuilder | None = builder

    def seal(self, producer: tuple[int, int], sequence: int) -> None:
        """Make its bytes, once. `sequence` is the number of records that this producer sent
        before."""
        assert self._builder is not None
        self._builder._set_producer_state(*producer, sequence)
        self.data = bytes(self._builder._build())
        self._builder = None


class Outputs:
    """An `Outbox` that keeps. `room` waits while too much is kept already; `send_bytes` bounds a
    record batch."""

    atomic = True

    def __init__(self, room: Callable[[], Awaitable[None]], send_bytes: int) -> None:
        self.parts: list[Part] = []
        self._room, self._send_bytes = room, send_bytes

    async def send_rows(
        self, topic: str, partition: int, rows: Iterable[Outgoing]
    ) -> list[Delivery]:
        """Futures are done when the transaction is committed."""
        now = int(time.time() * 1000)
        parts = [Part(topic, builder) for builder in pack(rows, self._new_builder, now)]
        self.parts += parts
        await self._room()
        return [Delivery(part.future, part.records) for part in parts]

    def _new_builder(self) -> BatchBuilder:
        return BatchBuilder(self._send_bytes, NO_COMPRESSION, is_transactional=1)
