"""Rows of `state.*`: the newest of each key."""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct

from app.export.choice import Choice
from app.export.line import Line, Unreadable
from app.export.records import NotReadable, Records, values_of
from app.export.table import Table
from app.kafka.log import Progress
from app.kafka.record import Record
from app.read.progress import Meter, extent
from app.read.reader import Reader
from app.read.row_json import INTERNAL
from app.read.shelf import Shelf, Shelves

_PLACE = Struct(">qq")  # offset, and the record's timestamp in milliseconds


class Rows:
    """Partition by partition, by key within each. A partition lies on a shelf, not in memory."""

    def __init__(
        self, reader: Reader, topic: str, table: Table, records: Records, choice: Choice
    ) -> None:
        self.topic = topic
        self.tables = [table.name]
        self._reader = reader
        self._name = table.name
        self._records = records
        self._choice = choice
        assert table.file is not None
        shown = {field["name"] for field in table.schema["fields"]}
        hidden = tuple(name for name in INTERNAL if name not in shown)
        self._values = values_of(table.file.schema, hidden)

    def lines(self, unreadable: Unreadable, progress: Progress | None) -> Iterator[Line]:
        spans = self._reader.spans(self.topic)
        meter = Meter(progress, extent(spans.values()))
        for number, span in spans.items():
            with Shelves() as shelves:
                shelf = shelves.shelf()
                for record in self._reader.read(self.topic, {number: span}, meter.part(span)):
                    self._put(shelf, record, unreadable)
                for key, packed in shelf.items():
                    yield from self._line(number, key, packed, unreadable)

    def _put(self, shelf: Shelf, record: Record, unreadable: Unreadable) -> None:
        if not self._choice.takes_key(record.key):
            return
        if not record.key:
            unreadable.add(record, "it has no key")
        elif record.value is None:
            shelf.pop(record.key, None)
        else:
            place = _PLACE.pack(record.offset, record.timestamp_ms)
            shelf[record.key] = place + record.value

    def _line(
        self, number: int, key: bytes, packed: bytes, unreadable: Unreadable
    ) -> Iterator[Line]:
        offset, timestamp_ms = _PLACE.unpack_from(packed)
        value = packed[_PLACE.size :]
        try:
            values = self._values(self._records.read(value))
            name = key.decode()
        except (NotReadable, UnicodeDecodeError) as why:
            record = Record(self.topic, number, offset, key, value, [], timestamp_ms)
            unreadable.add(record, str(why))
            return
        yield Line(self._name, (name, *values, timestamp_ms * 1_000), len(packed))
