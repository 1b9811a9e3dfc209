"""Rebuild all rows from the raw log, into topics of their own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Protocol

import msgspec

from app.core.catalogue import Catalogue
from app.core.projection import Table
from app.core.rows import Codec
from app.kafka.log import Progress
from app.kafka.record import Span
from app.kafka.topics import Topics
from app.read.progress import Meter, extent
from app.read.reader import Reader
from app.read.received_since import spans_received_since
from app.read.shelf import Shelves
from app.read.tables import state_topics
from app.replay.finding import Tally
from app.replay.raw import raw_batches
from app.replay.refold import Refold
from app.replay.selection import Selection


class Destination(Protocol):
    """Where rows go: app.kafka.writer.Writer, or its twin in memory."""

    def write(self, topic: str, partition: int, key: bytes, value: bytes | None) -> None: ...

    def settle(self) -> None:
        """Return when all that was written is held for good."""
        ...


class Rebuilt(msgspec.Struct, kw_only=True):
    """Counts: raw records by what became of them, rows by table, segments of the ledger.

    `ends`: by partition, the raw offset that the rebuilt rows speak for.
    """

    records: int = 0
    foreign: int = 0
    effects: Counter[str] = msgspec.field(default_factory=Counter)
    rows: Counter[str] = msgspec.field(default_factory=Counter)
    segments: int = 0
    ends: dict[int, int] = {}


class Rebuild:
    """One run: each partition of raw is folded from its beginning, then its rows are written,
    each once. In memory are the rows of one batch; the others lie on disk meanwhile.
    """

    def __init__(
        self,
        reader: Reader,
        live: Topics,
        shadow: Topics,
        catalogue: Catalogue,
        codecs: Mapping[Table, Codec],
        destination: Destination,
        selection: Selection,
    ) -> None:
        self._reader = reader
        self._live = live
        self._shadow = shadow
        self._catalogue = catalogue
        self._codecs = codecs
        self._destination = destination
        self._selection = selection

    def run(self, progress: Progress | None = None) -> Rebuilt:
        spans = self.spans()
        meter = Meter(progress, extent(spans.values()))
        tally, rebuilt = Tally(), Rebuilt()
        for number, span in spans.items():
            with Shelves() as shelves:
                refold = Refold(self._catalogue, self._codecs, shelves)
                records = self._reader.read(self._live.raw, {number: span}, meter.part(span))
                for batch in raw_batches(records, self._selection, tally):
                    rebuilt.effects.update(taken.effect for taken in refold.take(batch))
                self._write(number, refold, rebuilt)
            rebuilt.ends[number] = span.end
        rebuilt.records, rebuilt.foreign = tally.records, tally.foreign
        return rebuilt

    def spans(self) -> dict[int, Span]:
        """What of the raw log is to be read."""
        return spans_received_since(self._reader, self._live.raw, self._selection.from_at)

    def _write(self, number: int, refold: Refold, rebuilt: Rebuilt) -> None:
        """Segments first: a row may only name segments that are there."""
        for key, value in refold.segments.items():
            self._destination.write(self._shadow.ledger, number, key, value)
            rebuilt.segments += 1
        self._destination.settle()
        topics = state_topics(self._shadow)
        for table, key, value in refold.rows():
            self._destination.write(topics[table], number, key, value)
            rebuilt.rows[table] += 1
        self._destination.settle()
