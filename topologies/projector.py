"""The agent: a batch of raw records becomes events, rows and dead letters.

Everything goes to the partition number of the raw record, so that what belongs to one key stays in
one order and one place. Events and dead letters carry the raw record's timestamp.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from app.avro.event_encoders import EventEncoders
from app.core.catalogue import Catalogue
from app.core.dead_letter import RAW, dead_letter_headers, raw_place
from app.core.projection import BatchProjection, Projected, internal
from app.core.undecodable import Undecodable
from app.core.webhook import NotARawRecord, RawRecord, read_raw_record
from app.faust_batch.batch import Batch, Outgoing, Record
from app.kafka.topics import Topics
from topologies.report import Report
from topologies.tables import Tables

COPIED = frozenset({"ce_id", "ce_type", "ce_time"})  # headers of an event, as the raw record's


class Projector:
    """Called with every batch of the raw log. Raises what is no record's fault: the worker stops."""

    def __init__(
        self,
        topics: Topics,
        catalogue: Catalogue,
        encoders: EventEncoders,
        tables: Tables,
        tell: Callable[[Report], None],
    ) -> None:
        self._topics = topics
        self._catalogue = catalogue
        self._encoders = encoders
        self._tables = tables
        self._tell = tell

    async def __call__(self, batch: Batch) -> None:
        work = _Work(self, batch)
        for record in batch.records:
            work.take(record)
        for topic, outgoing in work.outgoing.items():
            await batch.send(topic, outgoing)
        await self._tables.write(batch)
        self._tell(work.report)


class _Work:
    """What one batch becomes."""

    def __init__(self, projector: Projector, batch: Batch) -> None:
        self._topics = projector._topics
        self._encoders = projector._encoders
        self._partition = batch.partition
        self._rows = projector._tables.rows(batch.partition)
        self._projection = BatchProjection(projector._catalogue, self._rows)
        self.outgoing: dict[str, list[Outgoing]] = defaultdict(list)
        self.report = Report()

    def take(self, record: Record) -> None:
        try:
            raw = self._read(record)
            projected = self._projection.take(raw)
            if self._rows.failure is not None:
                raise self._rows.failure
            self.report.count(projected)
            if projected.error is not None:
                raise projected.error
            self._publish(record, projected)
        except Undecodable as error:
            self._bury(record, error)

    def _read(self, record: Record) -> RawRecord:
        try:
            return read_raw_record(
                self._partition, record.offset, record.key, record.value, record.headers
            )
        except NotARawRecord as error:
            raise Undecodable("unknown_event", f"no endpoint wrote it: {error}") from None
        except Exception as error:
            kind = type(error).__name__
            raise Undecodable("unknown_event", f"no endpoint wrote it: {kind}") from None

    def _publish(self, record: Record, projected: Projected) -> None:
        decoded = projected.decoded
        assert decoded is not None
        vendor = decoded.schema[0]
        try:
            value = self._encoders[decoded.schema](decoded.event)
        except Exception as error:
            raise internal(error) from error
        headers = [header for header in record.headers if header[0] in COPIED]
        headers.append((RAW, raw_place(self._partition, record.offset)))
        event = (record.key, value, headers, record.timestamp)
        self.outgoing[self._topics.events(vendor)].append(event)

    def _bury(self, record: Record, error: Undecodable) -> None:
        self.report.dead[error.reason] += 1
        headers = dead_letter_headers(
            list(record.headers), self._topics.raw, self._partition, record.offset, error
        )
        letter = (record.key, record.value, headers, record.timestamp)
        self.outgoing[self._topics.dead].append(letter)
