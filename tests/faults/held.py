"""What the topics hold, read on from where it was read before."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import TypeVar

from app.core.dead_letter import RAW, REASON
from app.core.projection import TABLES, Table
from app.core.vendors import VENDORS
from app.kafka.connection import Connection
from app.kafka.log import Log
from app.kafka.record import Record, Span
from app.kafka.topics import Topics
from app.read.tables import state_topics
from tests.faults.truth import Place, Truth, digest

K = TypeVar("K")


class Held:
    """`events` and `dead` by the place of the raw record that each names: how often, of which
    value, or of which reason and value. Only committed records count.
    """

    def __init__(self, bootstrap: str, topics: Topics) -> None:
        self.rows: dict[tuple[Table, bytes], bytes] = {}
        self.segments: dict[bytes, bytes] = {}
        self.events: dict[Place, Counter[tuple[str, str, bytes]]] = defaultdict(Counter)
        self.ids: Counter[str] = Counter()
        self.dead: dict[Place, Counter[tuple[str, bytes]]] = defaultdict(Counter)
        self._bootstrap, self._topics = bootstrap, topics
        self._read: dict[str, dict[int, int]] = defaultdict(dict)

    def read_raw(self, truth: Truth) -> dict[int, int]:
        """Give the truth what is new on the raw log; where each partition ends."""
        with Log(Connection(self._bootstrap)) as log:
            truth.take(self._new(log, self._topics.raw))
        return dict(self._read[self._topics.raw])

    def read_outputs(self) -> None:
        with Log(Connection(self._bootstrap)) as log:
            for vendor in VENDORS:
                self._read_events(log, vendor.name)
            for record in self._new(log, self._topics.dead):
                reason = dict(record.headers)[REASON].decode()
                self.dead[_place(record)][reason, digest(record.value)] += 1
            for record in self._new(log, self._topics.ledger):
                _put(self.segments, record.key or b"", record.value)
            for table in TABLES:
                for record in self._new(log, state_topics(self._topics)[table]):
                    _put(self.rows, (table, record.key or b""), record.value)

    def _read_events(self, log: Log, vendor: str) -> None:
        for record in self._new(log, self._topics.events(vendor)):
            id = dict(record.headers)["ce_id"].decode()
            self.ids[id] += 1
            self.events[_place(record)][id, vendor, digest(record.value)] += 1

    def _new(self, log: Log, topic: str) -> Iterator[Record]:
        read = self._read[topic]
        there = log.spans(topic)
        spans = {n: Span(read.get(n, span.first), span.end) for n, span in there.items()}
        yield from log.read(topic, spans)
        read.update({number: span.end for number, span in there.items()})


def _put(held: dict[K, bytes], key: K, value: bytes | None) -> None:
    if value is None:
        held.pop(key, None)
    else:
        held[key] = value


def _place(record: Record) -> Place:
    """Of the raw record; outputs lie in its partition number."""
    partition, _, offset = dict(record.headers)[RAW].partition(b":")
    assert int(partition) == record.partition
    return int(partition), int(offset)
