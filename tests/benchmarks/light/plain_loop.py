"""No framework: a consumer, a producer, a dictionary. It recovers nothing and shares no work."""

from __future__ import annotations

import time

from confluent_kafka import Consumer, Message, Producer, TopicPartition

from tests.benchmarks.light.command import COMMIT_S, Told, told
from tests.benchmarks.light.job import Job
from tests.benchmarks.light.rows import Row

BATCH = 10_000


class Loop:
    def __init__(self, told: Told) -> None:
        self._told = told
        self._job = Job()
        self._rows: dict[bytes, Row] = {}
        self._next: dict[int, int] = {}
        self._producer = Producer(
            {
                "bootstrap.servers": told.bootstrap,
                "acks": "all",
                "enable.idempotence": True,
                "linger.ms": 20,
                "queue.buffering.max.messages": 1_000_000,
            }
        )
        self._consumer = Consumer(
            {
                "bootstrap.servers": told.bootstrap,
                "group.id": told.group,
                "auto.offset.reset": "earliest",
                "enable.auto.commit": False,
            }
        )
        self._consumer.subscribe([told.raw])

    def run(self) -> None:
        committed_at = time.monotonic()
        while True:
            self._process(self._consumer.consume(BATCH, 0.1))
            if self._next and time.monotonic() - committed_at >= COMMIT_S:
                self._commit()
                committed_at = time.monotonic()

    def _process(self, messages: list[Message]) -> None:
        touched: dict[bytes, int] = {}
        for message in messages:
            partition, offset = message.partition() or 0, message.offset() or 0
            self._next[partition] = offset + 1
            key = message.key() or b""
            taken = self._job.take(
                self._rows.get(key),
                message.headers(),  # pyright: ignore[reportArgumentType]
                message.value() or b"",
                offset,
            )
            if taken is None:
                continue
            self._rows[key] = taken.row
            touched[key] = partition
            if taken.event is not None:
                self._producer.produce(self._told.events, taken.event, key, partition)
        for key, partition in touched.items():
            value = self._job.dumps(self._rows[key])
            self._producer.produce(self._told.rows, value, key, partition)
        self._producer.poll(0)

    def _commit(self) -> None:
        assert self._producer.flush(60) == 0
        offsets = [TopicPartition(self._told.raw, *place) for place in self._next.items()]
        self._consumer.commit(offsets=offsets, asynchronous=False)
        self._next.clear()


if __name__ == "__main__":
    Loop(told()).run()
