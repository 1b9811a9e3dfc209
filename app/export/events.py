"""Events of one vendor: one topic, a table for each event."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from app.avro.names import SchemaId, full_name
from app.avro.published import Published, UnknownSchema
from app.avro.wire import HEAD, NotFramed, unframe
from app.core.dead_letter import RAW
from app.export.choice import Choice
from app.export.headers import Headers, header, source_of, text, time_of
from app.export.line import Line, Unreadable
from app.export.records import NotReadable, Records, values_of
from app.export.table import Table
from app.kafka.log import Progress
from app.kafka.record import Record
from app.read.progress import Meter, extent
from app.read.reader import Reader


class Events:
    """Partition by partition, in the order of the log. `of_vendor` are all tables of the vendor, of
    which those named `wanted` are read.
    """

    def __init__(
        self,
        reader: Reader,
        topic: str,
        published: Published,
        of_vendor: Iterable[Table],
        wanted: Iterable[str],
        choice: Choice,
    ) -> None:
        self.topic = topic
        self.tables = list(wanted)
        self._reader = reader
        self._published = published
        self._choice = choice
        self._by_folder: dict[tuple[str, str], str] = {}
        self._by_record: dict[str, str] = {}
        self._read: dict[str, _Event] = {}
        self._of_head: dict[bytes, str] = {}
        for table in of_vendor:
            assert table.file is not None
            schema = table.file.schema
            self._by_folder[table.file.name[:2]] = table.name
            self._by_record[full_name(schema["name"], schema.get("namespace"))] = table.name
            if table.name in self.tables:
                self._read[table.name] = _Event(published, table)

    def lines(self, unreadable: Unreadable, progress: Progress | None) -> Iterator[Line]:
        spans = self._choice.spans(self._reader, self.topic)
        meter = Meter(progress, extent(spans.values()))
        for number, span in spans.items():
            for record in self._reader.read(self.topic, {number: span}, meter.part(span)):
                if not self._choice.takes_key(record.key):
                    continue
                headers = dict(record.headers)
                received_at = time_of(headers)
                if not self._choice.takes_time(received_at):
                    continue
                try:
                    name = self._name(record)
                    if (event := self._read.get(name)) is not None:
                        values = event.values(record.value or b"")
                        before = _before(record, headers, received_at)
                        yield Line(name, (*before, *values), len(record.value or b""))
                except NotReadable as why:
                    unreadable.add(record, str(why))

    def _name(self, record: Record) -> str:
        """Of the table that a value belongs to, by its schema. Raises NotReadable."""
        value = record.value
        if value is None:
            raise NotReadable("it has no value")
        known = self._of_head.get(value[:HEAD])
        if known is None:
            known = self._of_head[value[:HEAD]] = self._look_up(value)
        return known

    def _look_up(self, value: bytes) -> str:
        try:
            id, _ = unframe(value)
            locked = self._published.lock.by_id.get(SchemaId(id))
            if locked is not None:
                return self._by_folder[locked.name[:2]]
            schema = self._published.schema_of(id)
            return self._by_record[full_name(schema["name"], schema.get("namespace"))]
        except (NotFramed, UnknownSchema) as why:
            raise NotReadable(str(why)) from why
        except KeyError as why:
            raise NotReadable(f"it is of a schema that is no event of this topic: {why}") from why


class _Event:
    def __init__(self, published: Published, table: Table) -> None:
        assert table.file is not None
        self._records = Records(published, table.file)
        self._values = values_of(table.file.schema)

    def values(self, value: bytes) -> tuple[Any, ...]:
        return self._values(self._records.read(value))


def _before(record: Record, headers: Headers, received_at: int | None) -> tuple[Any, ...]:
    """What stands before an event's own fields: see `table`."""
    key = record.key
    return (
        None if key is None else text(key),
        source_of(key),
        header(headers, "ce_id"),
        header(headers, "ce_type"),
        received_at,
        header(headers, RAW),
    )
