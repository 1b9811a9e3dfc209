"""Whether the endpoint can take webhooks, and if not, what is in the way."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from confluent_kafka import KafkaException, Producer

Readiness = Callable[[], Awaitable[list[str]]]
"""What is not ready, in sentences; empty when all is."""

_ASK_S = 1.0


async def always_ready() -> list[str]:
    return []


class KafkaReadiness:
    """Asks Kafka for the raw topic: is it there, is its partition count right, has each partition
    a leader? One question at a time, its answer good for a second, however many ask.
    """

    def __init__(self, producer: Producer, topic: str, partitions: int) -> None:
        self._producer = producer
        self._topic = topic
        self._partitions = partitions
        self._lock = asyncio.Lock()
        self._asked_at = float("-inf")
        self._answer: list[str] = []

    async def __call__(self) -> list[str]:
        async with self._lock:
            if time.monotonic() - self._asked_at >= _ASK_S:
                loop = asyncio.get_running_loop()
                self._answer = await loop.run_in_executor(None, self._ask)
                self._asked_at = time.monotonic()
            return self._answer

    def _ask(self) -> list[str]:
        try:
            found = self._producer.list_topics(self._topic, timeout=_ASK_S).topics[self._topic]
        except KafkaException as error:
            return [f"Kafka does not answer: {error.args[0].name()}"]
        if found.error is not None:
            return [f"topic {self._topic}: {found.error.name()}"]
        if len(found.partitions) != self._partitions:
            return [
                f"topic {self._topic} has {len(found.partitions)} partitions,"
                f" {self._partitions} expected"
            ]
        return [
            f"partition {number} of {self._topic} has no leader"
            for number, partition in sorted(found.partitions.items())
            if partition.leader < 0
        ]
