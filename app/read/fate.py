"""What became of a raw record: found from the topics, without folding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import msgspec

from app.core.catalogue import Catalogue
from app.core.dead_letter import RAW, raw_place
from app.core.ledger import unpack
from app.core.undecodable import Undecodable
from app.core.webhook import RawRecord
from app.kafka.log import Progress
from app.kafka.record import Span
from app.read.dead_letters import Letter, letter, sorted_out
from app.read.raw_record import raw_records
from app.read.reader import Reader
from app.read.rows import Found, RowReader
from app.read.tables import table_of

Fate = Literal[
    "applied", "duplicate", "event_only", "dead_letter", "redriven", "waiting", "not_in_row"
]


class Became(msgspec.Struct, frozen=True, kw_only=True):
    """`row` where the key has one; `letter` for a dead letter (a redriven one too), as long as it
    is kept. `copy` is where the raw record lies that was appended for a redriven one.
    """

    record: RawRecord
    fate: Fate
    row: Found | None = None
    letter: Letter | None = None
    copy: str | None = None


def with_id(
    reader: Reader,
    topic: str,
    id: str,
    spans: Mapping[int, Span],
    progress: Progress | None = None,
) -> Iterator[RawRecord]:
    """The raw records of one event id: a scan, since Kafka has no index."""
    wanted = ("ce_id", id.encode())
    read = reader.read(topic, spans, progress)
    return raw_records(record for record in read if wanted in record.headers)


class Fates:
    """`projected` says for each partition of raw up to where the worker has come, None where
    nobody knows.
    """

    def __init__(
        self, rows: RowReader, catalogue: Catalogue, projected: Mapping[int, int] | None
    ) -> None:
        self._rows = rows
        self._catalogue = catalogue
        self._projected = projected
        self._found: dict[str, Found | None] = {}

    def of_all(self, records: Sequence[RawRecord]) -> list[Became]:
        """Of the raw records of one event id: a copy among them says what was redriven, also
        when the letter is no longer kept.
        """
        copies = {
            record.redrive: f"{record.partition}:{record.offset}"
            for record in records
            if record.redrive is not None
        }
        return [
            self.of(record, copies.get(f"{record.partition}:{record.offset}")) for record in records
        ]

    def of(self, record: RawRecord, copy: str | None = None) -> Became:
        """`copy` is where a copy of it was seen, if one was."""
        row = self._row(record.key)
        if row is not None and (duplicate := self._named(row, record)) is not None:
            return Became(record=record, fate="duplicate" if duplicate else "applied", row=row)
        still_open, redriven = sorted_out(self._letters(record))
        if redriven or copy:
            known = next(iter(redriven or still_open), None)
            copy = copy or (None if known is None else known.copy)
            return Became(record=record, fate="redriven", row=row, letter=known, copy=copy)
        if still_open:
            return Became(record=record, fate="dead_letter", row=row, letter=still_open[0])
        return Became(record=record, fate=self._unnamed(record, row), row=row)

    def _row(self, key: str) -> Found | None:
        if key not in self._found:
            table = table_of(key)
            self._found[key] = None if table is None else self._rows.newest(table, key)
        return self._found[key]

    def _named(self, found: Found, record: RawRecord) -> bool | None:
        """Whether the row's ledger names the record as a duplicate; None where not at all."""
        place = (record.partition, record.offset)
        for entry in unpack(found.row.ledger):
            if (entry.partition, entry.offset) == place:
                return entry.duplicate
        for entry in self._rows.older_entries(found.key, found.row, record.partition):
            if (entry.partition, entry.offset) == place:
                return entry.duplicate
        return None

    def _letters(self, record: RawRecord) -> list[Letter]:
        """Letters about the record, in the order written. They lie in its partition."""
        topic, wanted = self._rows.topics.dead, (RAW, raw_place(record.partition, record.offset))
        span = self._rows.reader.span(topic, record.partition)
        spans = {record.partition: span}
        return [
            letter(found)
            for found in self._rows.reader.read(topic, spans)
            if wanted in found.headers
        ]

    def _unnamed(self, record: RawRecord, row: Found | None) -> Fate:
        """Of a record that neither row nor letter names."""
        projected = None if self._projected is None else self._projected.get(record.partition)
        if projected is not None and record.offset >= projected:
            return "waiting"
        try:
            facts = self._catalogue.decode(record).facts
        except Undecodable:
            return "waiting" if projected is None else "dead_letter"
        if facts is None:
            return "event_only"
        covered = -1 if row is None else row.row.offset
        return "waiting" if projected is None and record.offset > covered else "not_in_row"
