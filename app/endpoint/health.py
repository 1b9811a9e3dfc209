"""Whether the endpoint can take webhooks, and what is wrong with what it takes them with."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import msgspec
from confluent_kafka import KafkaException, Producer

from app.endpoint.spool.port import Spool


class Health(msgspec.Struct, frozen=True):
    """`not_ready` is what is in the way, in sentences; `warnings` what is wrong though webhooks
    are taken: they are spooled, or could not be.
    """

    ready: bool
    not_ready: list[str] = []
    warnings: list[str] = []


Readiness = Callable[[], Awaitable[Health]]

_ASK_S = 1.0


async def always_ready() -> Health:
    return Health(ready=True)


class EndpointReadiness:
    """Ready as long as Kafka or the spool takes what comes. An endpoint that spools must go on
    getting webhooks: nobody else would have them.
    """

    def __init__(self, kafka: KafkaReadiness, spool: Spool) -> None:
        self._kafka = kafka
        self._spool = spool

    async def __call__(self) -> Health:
        kafka = await self._kafka()
        trouble = self._spool.trouble()
        spool = [trouble] if trouble is not None else []
        if kafka and (spool or self._kafka.is_another):
            return Health(ready=False, not_ready=[*kafka, *spool])
        if kafka:
            kept = self._spool.contents().entries
            spool = [f"webhooks are spooled while that lasts: {kept:,} so far"]
        return Health(ready=True, warnings=[*kafka, *spool])


class KafkaReadiness:
    """Asks Kafka for the raw topic: is it there, is its partition count right, has each partition
    a leader? What is wrong, in sentences. One question at a time, its answer good for a second,
    however many ask.
    """

    def __init__(self, producer: Producer, topic: str, partitions: int) -> None:
        self._producer = producer
        self._topic = topic
        self._partitions = partitions
        self._lock = asyncio.Lock()
        self._asked_at = float("-inf")
        self._answer: list[str] = []
        self.is_another = False
        """Whether the topic has another partition count: keys would go where they must not."""

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
        self.is_another = len(found.partitions) != self._partitions
        if self.is_another:
            return [
                f"topic {self._topic} has {len(found.partitions)} partitions,"
                f" {self._partitions} expected"
            ]
        return [
            f"partition {number} of {self._topic} has no leader"
            for number, partition in sorted(found.partitions.items())
            if partition.leader < 0
        ]
