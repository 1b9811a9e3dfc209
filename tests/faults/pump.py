"""Produces a feed onto the raw log, in a thread, at a bounded rate."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from random import Random

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from app.core.undecodable import Reason
from app.kafka.in_order import IN_ORDER
from app.kafka.partition import partition_of
from tests.faults.poison import Raw

Place = tuple[int, int]
"""Partition and offset of a raw record."""

SETTLE_S = 60
PATIENCE_MS = 120_000  # a broker may be away for a while
MAX_BYTES = 4 * 1024 * 1024
TICK_S = 0.02


class Pump:
    """`foretold` has every record that the broker acknowledged, by its place: the reason of its
    dead letter, or None.
    """

    def __init__(
        self, bootstrap: str, topic: str, partitions: int, feed: Iterator[Raw], rate: float
    ) -> None:
        self.foretold: dict[Place, Reason | None] = {}
        self.rate = rate
        self.feed = feed
        self._topic, self._partitions = topic, partitions
        self._chance = Random("keyless")
        self._failure: str | None = None
        self._stop = threading.Event()
        self._producer = Producer(
            {
                "bootstrap.servers": bootstrap,
                **IN_ORDER,
                "linger.ms": 5,
                "message.max.bytes": MAX_BYTES,
                "message.timeout.ms": PATIENCE_MS,
                "log_level": 0,
            }
        )
        self._thread = threading.Thread(target=self._run, name="pump", daemon=True)

    def produce(self, count: int) -> None:
        """So many at once, before the thread is started or after it has stopped."""
        for _ in range(count):
            self._one(next(self.feed))
        self._settle()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """No more; all that was produced is acknowledged."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(SETTLE_S)
        self._settle()

    def _settle(self) -> None:
        left = self._producer.flush(SETTLE_S)
        assert (left, self._failure) == (0, None)

    def _run(self) -> None:
        due, before = 0.0, time.monotonic()
        while not self._stop.wait(TICK_S):
            now = time.monotonic()
            due = min(due + (now - before) * self.rate, self.rate)
            before = now
            while due >= 1:
                due -= 1
                self._one(next(self.feed))
            self._producer.poll(0)

    def _one(self, raw: Raw) -> None:
        partition = (
            self._chance.randrange(self._partitions)
            if raw.key is None
            else partition_of(raw.key, self._partitions)
        )

        def delivered(error: KafkaError | None, message: Message) -> None:
            if error is not None:
                self._failure = error.str()
            else:
                self.foretold[partition, message.offset()] = raw.dead  # pyright: ignore

        while True:
            try:
                self._producer.produce(
                    self._topic,
                    raw.value,
                    raw.key,
                    partition,
                    on_delivery=delivered,
                    headers=raw.headers,  # pyright: ignore[reportArgumentType]
                )
            except BufferError:
                self._producer.poll(0.1)
            except KafkaException as error:  # a broker that starts knows no topic for a moment
                if error.args[0].code() != KafkaError._UNKNOWN_TOPIC:
                    raise
                self._producer.poll(0.1)
            else:
                return
