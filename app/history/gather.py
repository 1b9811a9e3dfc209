"""A key's webhooks, read from the topics: by what its row's ledger names where there is one, which
takes a few seeks, else by a scan of its partition.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from app.core.ledger import Entry, unpack
from app.core.projection import Table
from app.core.webhook import RawRecord, place_of
from app.history.moment import Why
from app.history.webhooks import Webhooks
from app.kafka.log import Progress
from app.kafka.record import Record, Span
from app.kafka.topics import Topics
from app.read.dead_letters import letter
from app.read.progress import Meter, extent
from app.read.raw_record import raw_records
from app.read.rows import Found, RowReader
from app.read.waiting import Backlog


class Letters(NamedTuple):
    """A key's dead letters by the raw offset they are about; of those that were redriven, where
    the raw record lies that stands in for each (`<partition>:<offset>`).
    """

    whys: Mapping[int, Why]
    redriven: Mapping[int, str]


class Gathering:
    """`rows` may be a shadow's, `live` holds the raw log and the dead letters. `projected` is how
    far the worker has come in each partition of raw, asked before this is called; None where
    nobody knows.
    """

    def __init__(self, rows: RowReader, live: Topics, projected: Mapping[int, int] | None) -> None:
        self._rows = rows
        self._reader = rows.reader
        self._live = live
        self._projected = projected
        self._backlog = Backlog(self._reader, live.raw, projected)

    def webhooks(
        self, table: Table, key: str, progress: Progress | None = None, *, whole: bool = False
    ) -> Webhooks:
        """What the topics hold of one key. Its partition of the raw log is read through where
        there is no row, or `whole` asks for it.
        """
        found = self._rows.newest(table, key)
        number = self._rows.partition(key)
        dead = self._reader.span(self._live.dead, number)
        raw = self._reader.span(self._live.raw, number)
        if found is None or whole:
            meter = Meter(progress, extent([dead, raw]))
            letters = self._letters(key, number, dead, meter.part(dead))
            records = self._scan(key, number, raw, meter.part(raw))
            named = None if found is None else self._named(found, number)
            return self._webhooks(table, key, found, named, letters, records, whole=True)
        letters = self._letters(key, number, dead, progress)
        return self.by_row(found, letters)

    def by_row(
        self, found: Found, letters: Letters, named: Mapping[int, Entry] | None = None
    ) -> Webhooks:
        """Of the key of a row, for whoever has the row, its dead letters and perhaps its ledger
        (by raw offset) at hand. What the worker has passed, no letter is about and the row does
        not name is not among them: events that change no row.
        """
        key, number = found.key, self._rows.partition(found.key)
        named = self._named(found, number) if named is None else named
        raw = self._reader.span(self._live.raw, number)
        waiting = [*raw_records(self._backlog.of_key(key, number, raw))]
        records = self._fetch(key, number, {*named, *letters.whys}, waiting)
        records = self._fetch(key, number, {*_copied(records)}, records)  # letters that expired
        return self._webhooks(found.table, key, found, named, letters, records)

    def _named(self, found: Found, number: int) -> dict[int, Entry]:
        """The row's whole ledger, by raw offset."""
        older = self._rows.older_entries(found.key, found.row, number)
        return {entry.offset: entry for entry in [*older, *unpack(found.row.ledger)]}

    def _scan(
        self, key: str, number: int, span: Span, progress: Progress | None = None
    ) -> list[RawRecord]:
        return list(_of_key(self._reader.read(self._live.raw, {number: span}, progress), key))

    def _fetch(
        self, key: str, number: int, offsets: Collection[int], there: list[RawRecord]
    ) -> list[RawRecord]:
        """What is there, and what lies at these offsets."""
        missing = {*offsets} - {record.offset for record in there}
        if not missing:
            return there
        return [*_of_key(self._reader.fetch(self._live.raw, number, missing), key), *there]

    def _letters(self, key: str, number: int, span: Span, progress: Progress | None) -> Letters:
        """They lie in the partition of the raw record. A worker that re-reads after a crash writes
        its letters again: the first counts.
        """
        whys: dict[int, Why] = {}
        redriven: dict[int, str] = {}
        wanted = key.encode()
        for record in self._reader.read(self._live.dead, {number: span}, progress):
            if record.key != wanted:
                continue
            one = letter(record)
            place = place_of(one.raw)
            if place is None:
                continue
            if one.closes:
                redriven.setdefault(place[1], one.copy)
            else:
                why = Why(
                    reason=one.reason,
                    path=one.path,
                    message=one.message,
                    fingerprint=one.fingerprint,
                )
                whys.setdefault(place[1], why)
        return Letters(whys, redriven)

    def _webhooks(
        self,
        table: Table,
        key: str,
        found: Found | None,
        named: Mapping[int, Entry] | None,
        letters: Letters,
        records: Collection[RawRecord],
        *,
        whole: bool = False,
    ) -> Webhooks:
        number = self._rows.partition(key)
        return Webhooks(
            table=table,
            key=key,
            records=sorted(records, key=lambda record: record.offset),
            letters=letters.whys,
            redriven={**letters.redriven, **_copied(records)},
            row=found,
            named=named,
            projected=None if self._projected is None else self._projected.get(number, 0),
            whole=whole,
        )


def _copied(records: Iterable[RawRecord]) -> dict[int, str]:
    """What records stand in for, and where they lie: a letter is not kept as long as they are."""
    return {
        place[1]: f"{record.partition}:{record.offset}"
        for record in records
        if (place := record.stands_in_for) is not None and place[0] == record.partition
    }


def _of_key(records: Iterable[Record], key: str) -> Iterator[RawRecord]:
    """Those of a key that an endpoint wrote."""
    wanted = key.encode()
    return raw_records(record for record in records if record.key == wanted)
