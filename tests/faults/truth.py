"""What must come of a raw log: refolded from scratch, by the fold that the worker runs."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from typing import NamedTuple

from app.avro.event_encoders import EventEncoders, event_encoders
from app.avro.lock import load_lock
from app.core.projection import Projected, Table
from app.core.undecodable import Reason
from app.core.webhook import NotARawRecord, RawRecord
from app.kafka.record import Record
from app.read.raw_record import raw_record
from app.read.tables import table_of
from app.replay.refold import Refold
from tests.unit.read.installation import catalogue, codecs, repository

Place = tuple[int, int]


class Told(NamedTuple):
    """An event that a raw record gives. `again` where its row knew the body: a worker publishes
    none then, unless it reads the record again after a crash and takes it for its first.
    """

    id: str
    topic: str
    value: bytes
    again: bool


class Truth:
    """`dead` and `events` by the place of the raw record, and `bodies` (a digest each) of those
    that are dead; `kept` are the raw records of the keys that are sampled, without those that no
    event came of.
    """

    def __init__(self, partitions: int, sample: float) -> None:
        self._refolds = [Refold(catalogue(), codecs()) for _ in range(partitions)]
        self._encode: EventEncoders = event_encoders(
            repository(), load_lock().with_new(repository())
        )
        self._sample = sample
        self._touching: dict[tuple[Table, str], tuple[int, list[int]]] = {}
        self.places: list[Place] = []
        self.dead: dict[Place, Reason] = {}
        self.bodies: dict[Place, bytes] = {}
        self.events: dict[Place, Told] = {}
        self.kept: list[RawRecord] = []

    def take(self, records: Iterable[Record]) -> None:
        """Records of the raw log, each partition in its order."""
        runs: dict[int, list[RawRecord]] = defaultdict(list)
        for record in records:
            place = record.partition, record.offset
            self.places.append(place)
            try:
                runs[record.partition].append(raw_record(record))
            except NotARawRecord:
                self.dead[place] = "unknown_event"
                self.bodies[place] = digest(record.value)
        for number, run in runs.items():
            for projected in self._refolds[number].take(run):
                self._took(projected)

    def _took(self, projected: Projected) -> None:
        record, decoded = projected.record, projected.decoded
        place = record.partition, record.offset
        if projected.error is not None:
            self.dead[place] = projected.error.reason
            self.bodies[place] = digest(record.body)
            return
        if self._sampled(record.key):
            self.kept.append(record)
        assert decoded is not None
        value = self._encode[decoded.schema](decoded.event)
        again = projected.effect == "duplicate"
        self.events[place] = Told(record.id, decoded.schema[0], digest(value), again)
        table = table_of(record.key)
        if table is not None and decoded.facts is not None:
            _, offsets = self._touching.setdefault((table, record.key), (record.partition, []))
            offsets.append(record.offset)

    def _sampled(self, key: str) -> bool:
        return int.from_bytes(digest(key.encode())[:2]) < self._sample * 65_536

    def rows(self) -> dict[tuple[Table, bytes], bytes]:
        return {(t, key): value for each in self._refolds for t, key, value in each.rows()}

    def segments(self) -> dict[bytes, bytes]:
        return {key: value for each in self._refolds for key, value in each.segments.items()}

    def last_before(self, ends: Mapping[int, int]) -> Iterator[tuple[Table, str, int]]:
        """Of each row, the last raw offset that it must hold when each partition was processed up
        to its end.
        """
        for (table, key), (partition, offsets) in self._touching.items():
            if count := bisect_left(offsets, ends.get(partition, 0)):
                yield table, key, offsets[count - 1]


def digest(value: bytes | None) -> bytes:
    return blake2b(b"" if value is None else value, digest_size=12).digest()
