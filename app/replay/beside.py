"""A shadow beside the live rows, read from their topics partition by partition."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from app.core.catalogue import Catalogue
from app.core.projection import Table
from app.errors import UserError
from app.kafka.log import Progress
from app.kafka.record import Record, Span
from app.kafka.topics import Topics
from app.read.progress import Meter, extent
from app.read.rows import RowReader
from app.read.shelf import Shelves
from app.replay.finding import Tally
from app.replay.raw import raw_batches
from app.replay.selection import Selection
from app.replay.shadow import row_topics
from app.replay.successor import Successor

_PutRow = Callable[[Table, bytes, bytes | None], None]
_PutSegment = Callable[[bytes, bytes | None], None]


class Beside:
    """`live` and `shadow` are the rows of both. The shadow was made of `selection`, and of each
    partition of the raw log up to `folded`. Raises UserError where it was made of a span of time.
    """

    def __init__(
        self,
        live: RowReader,
        shadow: RowReader,
        catalogue: Catalogue,
        selection: Selection,
        folded: Mapping[int, int],
    ) -> None:
        if selection.from_at is not None or selection.to_at is not None:
            raise UserError(
                f"The rows of {shadow.topics.prefix}state.* were made of {selection}: they are "
                "parts, and live rows are whole.",
                "Replay into another name without --from and --to. A part can be looked at "
                "(`hookline state list --shadow NAME`) and proved (`hookline verify`).",
            )
        self._live = live
        self._shadow = shadow
        self._reader = live.reader
        self._catalogue = catalogue
        self._selection = selection
        self._folded = folded

    @property
    def topics(self) -> Topics:
        """The live ones."""
        return self._live.topics

    @property
    def partitions(self) -> range:
        return range(self._reader.partitions(self.topics.raw))

    def meter(self, progress: Progress | None) -> Meter:
        """Of all that the partitions will read, by what the topics hold now."""
        names = [*row_topics(self._live.topics), *row_topics(self._shadow.topics)]
        rows = [span for name in names for span in self._reader.spans(name).values()]
        return Meter(progress, extent(rows) + extent(map(self._new, self.partitions)))

    @contextmanager
    def partition(self, number: int, projected: int, meter: Meter) -> Iterator[Successor]:
        """Both as they are now, the shadow's folded on. `projected`: how far the worker has come,
        asked before this is called.
        """
        with Shelves() as shelves:
            json, codecs = self._live.json, self._live.codecs
            successor = Successor(
                self._catalogue,
                codecs,
                shelves,
                json,
                projected,
                first=lambda: self._reader.span(self.topics.raw, number).first,
            )
            live = successor.live
            self._put(self._live, number, live.put, live.segments.put, meter)
            self._put(self._shadow, number, successor.put_row, successor.put_segment, meter)
            self._fold_on(successor, number, meter)
            yield successor

    def raw_records(self, number: int, span: Span) -> Iterator[Record]:
        """What lies on the raw log there; not all offsets are records."""
        raw = self._reader.span(self.topics.raw, number)
        held = Span(max(raw.first, span.first), min(raw.end, span.end))
        return self._reader.read(self.topics.raw, {number: held} if held.first < held.end else {})

    def _put(
        self, rows: RowReader, number: int, row: _PutRow, segment: _PutSegment, meter: Meter
    ) -> None:
        for table in rows.codecs:
            for key, value in self._read(rows.topic(table), number, meter):
                if self._selection.may_take(key):
                    row(table, key, value)
        for key, value in self._read(rows.topics.ledger, number, meter):
            segment(key, value)

    def _read(self, topic: str, number: int, meter: Meter) -> Iterator[tuple[bytes, bytes | None]]:
        span = self._reader.span(topic, number)
        for record in self._reader.read(topic, {number: span}, meter.part(span)):
            if record.key is not None:
                yield record.key, record.value

    def _fold_on(self, successor: Successor, number: int, meter: Meter) -> None:
        """Asked for after the rows: whatever they hold is there."""
        span = self._new(number)
        records = self._reader.read(self.topics.raw, {number: span}, meter.part(span))
        for batch in raw_batches(records, self._selection, Tally()):
            successor.take(batch)

    def _new(self, number: int) -> Span:
        """What of the raw log the shadow has not seen."""
        raw = self._reader.span(self.topics.raw, number)
        return Span(min(max(raw.first, self._folded.get(number, 0)), raw.end), raw.end)
