"""What became of a raw record: found from the topics, without folding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec

from app.core.catalogue import Catalogue
from app.core.dead_letter import RAW, raw_place
from app.core.ledger import unpack
from app.core.undecodable import Undecodable
from app.core.webhook import NotARawRecord, RawRecord
from app.kafka.log import Progress
from app.kafka.record import Span
from app.read.dead_letters import REDRIVEN, Letter, letter
from app.read.raw_record import raw_record
from app.read.reader import Reader
from app.read.rows import Found, RowReader
from app.read.tables import table_of

Fate = Literal[
    "applied", "duplicate", "event_only", "dead_letter", "redriven", "waiting", "not_in_row"
]


class Became(msgspec.Struct, frozen=True, kw_only=True):
    """`row` where the key has one; `letter` for a dead letter (a redriven one too), as long as it
    is kept.
    """

    record: RawRecord
    fate: Fate
    row: Found | None = None
    letter: Letter | None = None


def with_id(
    reader: Reader,
    topic: str,
    id: str,
    spans: Mapping[int, Span],
    progress: Progress | None = None,
) -> Iterator[RawRecord]:
    """The raw records of one event id: a scan, since Kafka has no index."""
    wanted = ("ce_id", id.encode())
    for record in reader.read(topic, spans, progress):
        if wanted in record.headers:
            try:
                yield raw_record(record)
            except NotARawRecord:
                continue


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

    def of(self, record: RawRecord) -> Became:
        row = self._row(record.key)
        if row is not None and (duplicate := self._named(row, record)) is not None:
            return Became(record=record, fate="duplicate" if duplicate else "applied", row=row)
        letters = self._letters(record)
        if letters:
            fate: Fate = "redriven" if letters[-1].reason == REDRIVEN else "dead_letter"
            return Became(record=record, fate=fate, row=row, letter=letters[0])
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
        span = self._rows.reader.spans(topic)[record.partition]
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
