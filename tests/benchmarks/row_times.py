"""When rows become readable: a read_committed consumer of `state.*`, in a thread."""

from __future__ import annotations

import threading
import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition

from app.core.projection import Table
from app.core.rows import Codec
from app.kafka.topics import Topics
from app.read.tables import state_topics


class Arrival(NamedTuple):
    topic: str
    value: bytes
    at: float


class RowTimes:
    """Reads from when it is made until `stop`. Times are of `time.time`."""

    def __init__(self, bootstrap: str, topics: Topics, partitions: int) -> None:
        topics_of = state_topics(topics).items()
        self._tables: dict[str, Table] = {topic: table for table, topic in topics_of}
        self._arrived: list[Arrival] = []
        self._stop = threading.Event()
        self._consumer = Consumer(
            {
                "bootstrap.servers": bootstrap,
                "group.id": "row-times",  # demanded, never joined
                "enable.auto.commit": False,
                "isolation.level": "read_committed",
                "fetch.wait.max.ms": 100,
                "fetch.queue.backoff.ms": 1,
            }
        )
        self._consumer.assign(
            [
                TopicPartition(topic, number, OFFSET_BEGINNING)
                for topic in topics.state
                for number in range(partitions)
            ]
        )
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        while not self._stop.is_set():
            message = self._consumer.poll(0.1)
            if message is not None and message.error() is None:
                topic, value = message.topic() or "", message.value() or b""
                self._arrived.append(Arrival(topic, value, time.time()))

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()
        self._consumer.close()

    def __len__(self) -> int:
        return len(self._arrived)

    def first_after(self, at: float) -> float | None:
        return next((one.at for one in self._arrived if one.at >= at), None)

    def rows(self, codecs: dict[Table, Codec], since: int = 0) -> Iterator[Row]:
        for arrival in self._arrived[since:]:
            row = codecs[self._tables[arrival.topic]].loads(arrival.value)
            yield Row(row.partition, row.offset, arrival.at)


class Row(NamedTuple):
    """It holds its raw record at this place, and its key's before it."""

    partition: int
    offset: int
    at: float


class Sent(NamedTuple):
    """A raw record, when it was produced, and how many seconds its acknowledgement took."""

    key: str
    partition: int
    offset: int
    at: float
    acked_after: float = 0.0


def latencies(sent: Iterable[Sent], rows: Iterable[Row]) -> list[float]:
    """Seconds from when a record was sent until the first row that holds it was read; sorted.
    Records that no row came of are left out."""
    owner: dict[tuple[int, int], str] = {}
    of_key: dict[str, list[Sent]] = defaultdict(list)
    for one in sorted(sent, key=lambda one: (one.partition, one.offset)):
        owner[one.partition, one.offset] = one.key
        of_key[one.key].append(one)
    found: list[float] = []
    done: dict[str, int] = defaultdict(int)
    for row in rows:
        key = owner.get((row.partition, row.offset))
        if key is None:
            continue
        held = bisect_left(of_key[key], row.offset + 1, key=lambda one: one.offset)
        found += [row.at - one.at for one in of_key[key][done[key] : held]]
        done[key] = max(done[key], held)
    return sorted(found)
