"""Rows, read from the state topics as any consumer could."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from app.core.ledger import Entry
from app.core.projection import AnyRow, Table
from app.core.rows import Codec
from app.errors import UserError
from app.kafka.log import Progress
from app.kafka.partition import partition_of
from app.kafka.record import Record
from app.kafka.topics import Topics
from app.read.decode import NotARow, read_row
from app.read.newest import newest
from app.read.progress import Meter, extent
from app.read.reader import Reader
from app.read.row_json import Plain, RowJson
from app.read.segments import Segments, segment_keys
from app.read.tables import state_topics


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A row and where it lies: its record in the state topic. `written_at` is in microseconds."""

    table: Table
    key: str
    row: AnyRow
    topic: str
    partition: int
    offset: int
    written_at: int


def found_json(found: Found, json: RowJson, *, internals: bool = False) -> dict[str, Plain]:
    """`key` and `kind`, then the row's fields."""
    row = json.of(found.table, found.row, internals=internals)
    return {"key": found.key, "kind": found.table, **row}


class RowReader:
    """The rows of one installation, or of a shadow."""

    def __init__(
        self,
        reader: Reader,
        topics: Topics,
        codecs: Mapping[Table, Codec],
        json: RowJson,
    ) -> None:
        self.reader = reader
        self.topics = topics
        self._topic = state_topics(topics)
        self.codecs = codecs
        self.json = json
        self.unreadable: list[str] = []

    def partition(self, key: str) -> int:
        """The one partition that a key's records and row lie in."""
        return partition_of(key, self.reader.partitions(self.topics.state_conversations))

    def topic(self, table: Table) -> str:
        return self._topic[table]

    def newest(
        self,
        table: Table,
        key: str,
        progress: Progress | None = None,
        *,
        before: int | None = None,
    ) -> Found | None:
        """The row of a key; of those written `before` an offset of its partition, if given."""
        topic = self._topic[table]
        partition = partition_of(key, self.reader.partitions(topic))
        wanted = key.encode()
        found = newest(self.reader, topic, partition, [wanted], progress, before=before)
        if wanted not in found:
            return None
        record = found[wanted]
        try:
            return self.found(table, record)
        except NotARow as why:
            raise UserError(
                f"The row {key} cannot be read: {why} ({topic} {partition}:{record.offset}).",
                "A newer version of Hookline may have written it, or something else altogether.",
            ) from why

    def found(self, table: Table, record: Record) -> Found | None:
        """A record of a state topic as a row; None for a tombstone. Raises NotARow."""
        if record.key is None or record.value is None:
            return None
        try:
            key = record.key.decode()
        except UnicodeDecodeError:
            raise NotARow("its key is not UTF-8") from None
        return Found(
            table=table,
            key=key,
            row=read_row(self.codecs[table], record.value),
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            written_at=record.timestamp_ms * 1000,
        )

    def all(self, table: Table, progress: Progress | None = None) -> Iterator[Found]:
        """The newest row of every key, partition by partition: in memory is one partition,
        encoded. Those that cannot be read are left out, and noted in `unreadable`.
        """
        topic = self._topic[table]
        spans = self.reader.spans(topic)
        meter = Meter(progress, extent(spans.values()))
        for number, span in spans.items():
            newest: dict[bytes, Record] = {}
            for record in self.reader.read(topic, {number: span}, meter.part(span)):
                if record.key is not None:
                    newest[record.key] = record
            for record in newest.values():
                if (row := self._readable(table, record)) is not None:
                    yield row

    def _readable(self, table: Table, record: Record) -> Found | None:
        try:
            return self.found(table, record)
        except NotARow:
            self.unreadable.append(f"{record.topic} {record.partition}:{record.offset}")
            return None

    def older_entries(self, key: str, row: AnyRow, partition: int) -> list[Entry]:
        """The entries of a row's ledger that lie in segments."""
        if not (keys := segment_keys(key, row)):
            return []
        found = newest(self.reader, self.topics.ledger, partition, keys)
        packed = {name: record.value or b"" for name, record in found.items()}
        return list(Segments(packed).entries(key, row))
