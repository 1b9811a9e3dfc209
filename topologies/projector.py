"""The agent: a batch of raw records becomes events, rows and dead letters.

Everything goes to the partition number of the raw record, so that what belongs to one key stays in
one order and one place. Events and dead letters carry the raw record's timestamp.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from app.avro.event_encoders import EventEncoders
from app.core.catalogue import Catalogue
from app.core.dead_letter import RAW, dead_letter_headers, raw_place
from app.core.projection import TOGETHER, BatchProjection, Projected, internal
from app.core.undecodable import NO_ENDPOINT, Undecodable
from app.core.webhook import Headers, NotARawRecord, RawRecord, read_raw_record
from app.faust_batch.batch import Batch, Outgoing, Record
from app.kafka.topics import Topics
from topologies.report import Report
from topologies.tables import Tables, WorkerRows

COPIED = frozenset({"ce_id", "ce_type", "ce_time"})  # headers of an event, as the raw record's


class Projector:
    """Called with every batch of the raw log. What it raises is no record's fault."""

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
        """Rows are written once a batch; events as soon as they are made, for packed they take a
        fraction of the memory."""
        rows = self._tables.rows(batch.partition)
        outputs = Outputs(self._topics, self._encoders, batch.partition)
        projection = BatchProjection(self._catalogue, rows)
        for first in range(0, len(batch.records), TOGETHER):
            some = batch.records[first : first + TOGETHER]
            _take(some, batch.partition, projection, rows, outputs)
            for topic, outgoing in outputs.take().items():
                await batch.send(topic, outgoing)
        await self._tables.write(batch, rows)
        self._tell(outputs.report)


def _take(
    records: Sequence[Record],
    partition: int,
    projection: BatchProjection,
    rows: WorkerRows,
    out: Outputs,
) -> None:
    """Whatever is wrong with a record makes a dead letter of it."""
    read: list[tuple[Record, RawRecord]] = []
    for record in records:
        try:
            read.append((record, _read(partition, record)))
        except Undecodable as error:
            out.bury(record, "", error)
    taken = projection.take([raw for _, raw in read])
    if rows.failure is not None:
        raise rows.failure
    for (record, raw), projected in zip(read, taken, strict=True):
        error = projected.error or out.publish(record, projected)
        if error is not None:
            out.bury(record, raw.type.partition(".")[0], error)


def _read(partition: int, record: Record) -> RawRecord:
    try:
        return read_raw_record(partition, record.offset, record.key, record.value, record.headers)
    except NotARawRecord as error:
        raise Undecodable("unknown_event", f"{NO_ENDPOINT}: {error}") from None
    except Exception as error:
        kind = type(error).__name__
        raise Undecodable("unknown_event", f"{NO_ENDPOINT}: {kind}") from error


class Outputs:
    """The events and dead letters of one batch, by topic, until they are taken, and what became of
    all its records."""

    def __init__(self, topics: Topics, encoders: EventEncoders, partition: int) -> None:
        self._topics = topics
        self._encoders = encoders
        self._partition = partition
        self._by_topic: dict[str, list[Outgoing]] = defaultdict(list)
        self._events: dict[str, list[Outgoing]] = {}  # by vendor, some of those by topic
        self.report = Report()

    def take(self) -> dict[str, list[Outgoing]]:
        """Those since it was last asked."""
        taken, self._by_topic, self._events = self._by_topic, defaultdict(list), {}
        return taken

    def publish(self, record: Record, projected: Projected) -> Undecodable | None:
        """Returns why, where the event cannot be written. The event of a duplicate was published
        when it was first seen: equal bodies are one event.
        """
        self.report.projected(projected)
        if projected.effect == "duplicate":
            return None
        decoded = projected.decoded
        assert decoded is not None
        try:
            value = self._encoders[decoded.schema](decoded.event)
        except Exception as error:  # noqa: BLE001
            return internal(error)
        headers = _copied(record.headers)
        headers.append((RAW, raw_place(self._partition, record.offset)))
        events = self._events.get(decoded.schema[0])
        if events is None:
            events = self._by_topic[self._topics.events(decoded.schema[0])]
            self._events[decoded.schema[0]] = events
        events.append((record.key, value, headers, record.timestamp))
        return None

    def bury(self, record: Record, vendor: str, error: Undecodable) -> None:
        raw_headers = [(name, value or b"") for name, value in record.headers]
        headers = dead_letter_headers(
            raw_headers, self._topics.raw, self._partition, record.offset, error
        )
        letter = (record.key, record.value, headers, record.timestamp)
        self._by_topic[self._topics.dead].append(letter)
        self.report.buried(vendor, error)
        # Its traceback holds every frame on the way, these hold the batch, and it holds the error:
        # without this, whole batches would wait for the garbage collector.
        error.__traceback__ = error.__cause__ = error.__context__ = None


def _copied(headers: Sequence[tuple[str, bytes]]) -> Headers:
    """By their places where they stand as the endpoint writes them."""
    if len(headers) > 4:
        _, id_, _, type_, time, *_ = headers
        if id_[0] == "ce_id" and type_[0] == "ce_type" and time[0] == "ce_time":
            return [id_, type_, time]
    return [header for header in headers if header[0] in COPIED]
