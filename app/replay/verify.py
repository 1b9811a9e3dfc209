"""Check rows against the raw log they were folded from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import NamedTuple

from app.core.catalogue import Catalogue
from app.core.dead_letter import RAW, REASON, REDRIVEN
from app.core.projection import AnyRow, Table
from app.core.row import UNREAD
from app.core.webhook import RawRecord, place_of
from app.kafka.log import Progress
from app.kafka.record import Record, Span
from app.kafka.topics import Topics
from app.read.decode import NotARow, read_row
from app.read.newest import newest
from app.read.progress import Meter, extent
from app.read.rows import RowReader
from app.read.segments import Segments, segment_keys
from app.read.shelf import Shelves
from app.read.waiting import Backlog, Waiting
from app.replay.check import PartitionCheck
from app.replay.finding import Finding, Tally
from app.replay.raw import raw_batches
from app.replay.selection import Both, Selection


class Verification:
    """One run.

    `rows` may be a shadow's; `live` holds the raw log. `projected` is how far the worker has come
    in each partition of raw, asked before this is called; None where nobody knows. `selection` is
    what the rows were made of, what is to be checked, or both. Whatever is counted is in `tally`.
    """

    def __init__(
        self,
        rows: RowReader,
        live: Topics,
        catalogue: Catalogue,
        *,
        projected: Mapping[int, int] | None = None,
        selection: Selection | Both | None = None,
    ) -> None:
        self.tally = Tally()
        self.waiting = Waiting()
        self._rows = rows
        self._reader = rows.reader
        self._live = live
        self._catalogue = catalogue
        self._codecs = rows.codecs
        self._projected = projected
        self._selection = selection or Selection()

    def all(self, progress: Progress | None = None) -> Iterator[Finding]:
        """Every row, partition by partition."""
        whole = [span for topic in self._topics for span in self._reader.spans(topic).values()]
        meter = Meter(progress, extent(whole))
        for number in range(self._reader.partitions(self._live.raw)):
            # Asked anew for each: a compaction since could have taken what was there.
            at = {topic: self._reader.span(topic, number) for topic in self._topics}
            raw = at[self._live.raw]
            with Shelves() as shelves:
                check = self._check(number, shelves, raw)
                for table in self._codecs:
                    self._expect(check, table, number, at[self._rows.topic(table)], meter)
                self._expect_segments(check, number, at[self._rows.topics.ledger], meter)
                self._expect_dead(check, number, at[self._live.dead], meter)
                yield from self._findings(self._take(check, number, raw, meter))

    @property
    def _topics(self) -> tuple[str, ...]:
        """Raw last: whatever the rows hold is then there."""
        rows = [*map(self._rows.topic, self._codecs), self._rows.topics.ledger]
        return (*rows, self._live.dead, self._live.raw)

    def key(self, table: Table, key: str, progress: Progress | None = None) -> Finding | None:
        """One row, against every raw record of its partition; None where there is no row and
        ought to be none.
        """
        number = self._rows.partition(key)
        held = self._held(table, key, number)
        dead = self._reader.span(self._live.dead, number)
        raw = self._reader.span(self._live.raw, number)
        meter = Meter(progress, extent([dead, raw]))
        with Shelves() as shelves:
            check = held.check(self._check(number, shelves, raw), table)
            self._expect_dead(check, number, dead, meter)
            check = self._take(check, number, raw, meter)
            return next(self._findings(check), None)

    def quick(self, table: Table, key: str) -> Finding | None:
        """One row, against the raw records that it names itself: a few seeks. What the row does
        not name and ought to, this does not see; None where there is no row. What is known of the
        key's webhooks that the worker has not come to is then in `waiting`.
        """
        number = self._rows.partition(key)
        held = self._held(table, key, number)
        raw = self._reader.span(self._live.raw, number)
        records = self._reader.fetch(self._live.raw, number, held.offsets())
        with Shelves() as shelves:
            check = held.check(self._check(number, shelves, raw, projected=0), table)
            for batch in raw_batches(records, self._selection, check.tally):
                check.take(batch)
            self.waiting = self._waiting(key, number, raw, held.covered, check.tally)
            return next(self._findings(check), None)

    def _waiting(self, key: str, number: int, raw: Span, covered: int, tally: Tally) -> Waiting:
        backlog, looked_at = Backlog(self._reader, self._live.raw, self._projected), Tally()

        def taken(records: Iterable[Record]) -> Iterator[RawRecord]:
            return chain.from_iterable(raw_batches(records, self._selection, looked_at))

        waiting = backlog.waiting(key, number, raw, after=covered, taken=taken)
        if not waiting.unsearched:
            tally.add(looked_at)
        tally.waiting += waiting.webhooks
        return waiting

    def _held(self, table: Table, key: str, number: int) -> _Held:
        """What the topics hold of one row."""
        name = key.encode()
        newest_row = newest(self._reader, self._rows.topic(table), number, [name]).get(name)
        value = None if newest_row is None else newest_row.value
        if value is None:
            return _Held(name, None, {})
        try:
            row = read_row(self._codecs[table], value)
        except NotARow:
            return _Held(name, value, {})
        older = newest(self._reader, self._rows.topics.ledger, number, segment_keys(key, row))
        return _Held(name, value, {at: record.value or b"" for at, record in older.items()}, row)

    def _check(
        self, number: int, shelves: Shelves, raw: Span, projected: int | None = None
    ) -> PartitionCheck:
        known = None if self._projected is None else self._projected.get(number, 0)
        return PartitionCheck(
            self._catalogue,
            self._codecs,
            shelves,
            self._rows.json,
            first=raw.first,
            projected=known if projected is None else projected,
        )

    def _expect(
        self, check: PartitionCheck, table: Table, number: int, span: Span, meter: Meter
    ) -> None:
        topic = self._rows.topic(table)
        for record in self._reader.read(topic, {number: span}, meter.part(span)):
            if record.key is not None and self._selection.may_take(record.key):
                check.held.put(table, record.key, record.value)

    def _expect_segments(
        self, check: PartitionCheck, number: int, span: Span, meter: Meter
    ) -> None:
        topic = self._rows.topics.ledger
        for record in self._reader.read(topic, {number: span}, meter.part(span)):
            if record.key is not None:
                check.held.segments.put(record.key, record.value)

    def _expect_dead(self, check: PartitionCheck, number: int, span: Span, meter: Meter) -> None:
        for record in self._reader.read(self._live.dead, {number: span}, meter.part(span)):
            named = dict(record.headers)
            place = place_of(named.get(RAW, b"").decode(errors="replace"))
            if place is not None and place[0] == number:
                redriven = named.get(REASON) == REDRIVEN.encode()
                check.expect_dead(place[1], redriven=redriven)

    def _take(self, check: PartitionCheck, number: int, span: Span, meter: Meter) -> PartitionCheck:
        """The check that has taken all raw records, knowing which of them once were dead."""
        self._read_into(check, number, span, meter)
        if check.unforeseen:
            check = check.anew()
            self._read_into(check, number, span, meter)
        return check

    def _read_into(self, check: PartitionCheck, number: int, span: Span, meter: Meter) -> None:
        records = self._reader.read(self._live.raw, {number: span}, meter.part(span))
        for batch in raw_batches(records, self._selection, check.tally):
            check.take(batch)

    def _findings(self, check: PartitionCheck) -> Iterator[Finding]:
        self.tally.add(check.tally)
        for finding in check.findings():
            self.tally.rows[finding.verdict] += 1
            yield finding


class Checked(NamedTuple):
    """What a quick check of one row found, what was read of the raw log for it, and what waits."""

    finding: Finding | None
    tally: Tally
    waiting: Waiting


class _Held(NamedTuple):
    """A row as the topics hold it: key, value and segments, encoded; `row` where it is one."""

    key: bytes
    value: bytes | None
    segments: Mapping[bytes, bytes]
    row: AnyRow | None = None

    def offsets(self) -> set[int]:
        """Of the raw records that it names."""
        if self.row is None:
            return set()
        segments = Segments(dict(self.segments))
        return {entry.offset for entry in segments.whole(self.key.decode(), self.row)}

    @property
    def covered(self) -> int:
        """The offset of the last raw record that was applied to it."""
        return UNREAD if self.row is None else self.row.offset

    def check(self, check: PartitionCheck, table: Table) -> PartitionCheck:
        check.held.put(table, self.key, self.value)
        for key, value in self.segments.items():
            check.held.segments.put(key, value)
        return check
