"""Topics in memory: the twin of the producer, and of what lies on the broker after it."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from aiokafka.structs import RecordMetadata, TopicPartition

from app.faust_batch.batch import Delivery, Headers, Outgoing


class MemoryRecord(NamedTuple):
    """A record at rest; it is a `Record` too."""

    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Headers


class MemoryTopics:
    """An `Outbox` that acknowledges at once."""

    atomic = False

    def __init__(self) -> None:
        self.topics: dict[str, dict[int, list[MemoryRecord]]] = defaultdict(
            lambda: defaultdict(list)
        )

    async def send_rows(
        self, topic: str, partition: int, rows: Iterable[Outgoing]
    ) -> list[Delivery]:
        first = self.append(topic, partition, rows)
        count = len(self.topics[topic][partition]) - first
        if not count:
            return []
        future: asyncio.Future[RecordMetadata] = asyncio.get_running_loop().create_future()
        place = TopicPartition(topic, partition)
        future.set_result(RecordMetadata(topic, partition, place, first, -1, 0, 0))
        await asyncio.sleep(0)
        return [Delivery(future, count)]

    def append(self, topic: str, partition: int, rows: Iterable[Outgoing]) -> int:
        """Add records; returns the offset of the first."""
        records = self.topics[topic][partition]
        first, now = len(records), int(time.time() * 1000)
        for key, value, headers, timestamp in rows:
            at = now if timestamp is None else timestamp
            records.append(MemoryRecord(len(records), at, key, value, headers))
        return first
