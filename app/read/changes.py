"""Changes of rows as they are written: what each was, and what it is now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from app.core.projection import AnyRow, Table
from app.kafka.log import Progress
from app.kafka.partition import partition_of
from app.kafka.record import Record, Span
from app.read.compare import LOG_FOLLOWING, Difference, differences
from app.read.decode import NotARow, read_row
from app.read.newest import newest
from app.read.progress import Meter, extent
from app.read.rows import Found, RowReader
from app.read.shelf import Shelf, Shelves

Ends = Mapping[str, Mapping[int, int]]


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """`before` is None for a row that is new. `differences` leaves out what follows the log only
    (offset, …) and what readers do not see.
    """

    before: AnyRow | None
    after: Found
    differences: list[Difference]


class Changes:
    """Rows as they stood (`load`), then each change of them (`follow`), with no gap between."""

    def __init__(self, rows: RowReader, shelves: Shelves) -> None:
        self._rows = rows
        self._last: dict[Table, Shelf] = {table: shelves.shelf() for table in rows.codecs}

    def load(self, tables: Sequence[Table], progress: Progress | None = None) -> Ends:
        """Read what all rows are now: a scan of the tables. Returns where to follow from."""
        reader = self._rows.reader
        spans: dict[Table, dict[int, Span]] = {
            table: reader.spans(self._rows.topic(table)) for table in tables
        }
        meter = Meter(progress, sum(extent(parts.values()) for parts in spans.values()))
        for table, parts in spans.items():
            told = meter.part(*parts.values())
            for record in reader.read(self._rows.topic(table), parts, told):
                if record.key is not None:
                    self._set(table, record.key, record.value)
        return {
            self._rows.topic(table): {number: span.end for number, span in parts.items()}
            for table, parts in spans.items()
        }

    def load_key(self, table: Table, key: str) -> Ends:
        """The same for one row."""
        reader, topic, wanted = self._rows.reader, self._rows.topic(table), key.encode()
        ends = {number: span.end for number, span in reader.spans(topic).items()}
        number = partition_of(key, len(ends))
        found = newest(reader, topic, number, [wanted], before=ends[number])
        if wanted in found:
            self._set(table, wanted, found[wanted].value)
        return {topic: ends}

    def follow(self, ends: Ends, only: str | None = None) -> Iterator[Change | None]:
        """Without end; None whenever nothing is new for a moment. `only` is a key."""
        tables: dict[str, Table] = {self._rows.topic(table): table for table in self._rows.codecs}
        wanted = None if only is None else only.encode()
        for record in self._rows.reader.follow(list(ends), ends):
            if record is None:
                yield None
            elif record.key is not None and (wanted is None or record.key == wanted):
                table = tables[record.topic]
                before = self._last[table].get(record.key)
                self._set(table, record.key, record.value)
                if (change := self._change(table, record, before)) is not None:
                    yield change

    def _change(self, table: Table, record: Record, before: bytes | None) -> Change | None:
        """None for a tombstone, and where either value is no row."""
        try:
            found = self._rows.found(table, record)
            row = None if before is None else read_row(self._rows.codecs[table], before)
        except NotARow:
            return None
        if found is None:
            return None
        if row is None:
            return Change(before=None, after=found, differences=[])
        json = self._rows.json
        changed = differences(json.of(table, row), json.of(table, found.row), without=LOG_FOLLOWING)
        return Change(before=row, after=found, differences=changed)

    def _set(self, table: Table, key: bytes, value: bytes | None) -> None:
        if value is None:
            self._last[table].pop(key, None)
        else:
            self._last[table][key] = value
