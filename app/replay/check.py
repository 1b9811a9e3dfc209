"""The rows of one partition against its raw records: pure, but for where rows lie meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from app.core.catalogue import Catalogue
from app.core.ledger import Entry, unpack
from app.core.projection import TABLES, AnyRow, Table
from app.core.row import FOLD_VERSION, UNREAD
from app.core.rows import Codec
from app.core.undecodable import Undecodable
from app.core.webhook import RawRecord
from app.read.compare import Difference, differences
from app.read.decode import NotARow, read_row
from app.read.row_json import Plain, RowJson
from app.read.segments import Segments
from app.read.shelf import Shelves
from app.read.tables import table_of
from app.replay.finding import WRONG, Finding, Tally, Verdict
from app.replay.refold import Refold


class PartitionCheck:
    """Give it the rows (`expect`), their segments and the dead letters, then the raw records in
    log order (`take`); then ask for `findings`.

    A row is compared as of its own offset: that a worker lags is no difference. `first` is the
    first offset that raw still holds. Raw records below `projected` were passed by the worker and
    must be in the rows; None takes the greatest offset of any row for that.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        codecs: Mapping[Table, Codec],
        shelves: Shelves,
        json: RowJson,
        tally: Tally,
        *,
        first: int = 0,
        projected: int | None = None,
    ) -> None:
        self._catalogue = catalogue
        self._codecs = codecs
        self._json = json
        self._tally = tally
        self._first = first
        self._projected = projected
        self._refold = Refold(catalogue, codecs, shelves)
        self._rows = {table: shelves.shelf() for table in TABLES}
        self._segments = Segments(shelves.shelf())
        self._covered: dict[tuple[Table | None, str], int] = {}
        self._long: set[tuple[Table, str]] = set()  # rows that have segments
        self._unreadable: dict[tuple[Table, str], str] = {}
        self._dead: set[int] = set()
        self._behind: dict[tuple[Table | None, str], list[str]] = {}

    def expect(self, table: Table, key: bytes, value: bytes | None) -> None:
        """A record of a state topic; a later one of the same key takes its place."""
        name = key.decode()
        self._unreadable.pop((table, name), None)
        if value is None:
            self._rows[table].pop(key, None)
            self._covered.pop((table, name), None)
            return
        self._rows[table][key] = value
        try:
            row = read_row(self._codecs[table], value)
        except NotARow as error:
            self._unreadable[table, name] = str(error)
        else:
            self._covered[table, name] = row.offset
            (self._long.add if row.fold.moved else self._long.discard)((table, name))

    def expect_segment(self, key: bytes, value: bytes | None) -> None:
        self._segments.put(key, value)

    def expect_dead(self, offset: int) -> None:
        """The raw record at this offset has a dead letter."""
        self._dead.add(offset)

    @property
    def covered(self) -> int:
        """The greatest offset that any row covers, -1 where there is none."""
        return max(self._covered.values(), default=UNREAD)

    @property
    def projected(self) -> int:
        return self.covered + 1 if self._projected is None else self._projected

    @property
    def end(self) -> int:
        """Raw records from this offset on are of no concern."""
        return max(self.projected, self.covered + 1)

    def take(self, records: Iterable[RawRecord]) -> None:
        projected = self.projected
        batch: list[RawRecord] = []
        for record in records:
            table = table_of(record.key)
            covered = self._covered.get((table, record.key), UNREAD)
            if record.offset in self._dead and not self._is_named(table, record):
                self._tally.dead += 1
                self._tally.redrivable += self._decodes(record)
            elif record.offset <= covered:
                batch.append(record)
            elif record.offset >= projected:
                self._tally.waiting += 1
            elif covered == UNREAD:
                batch.append(record)
            elif self._makes_row(record):
                place = f"{record.partition}:{record.offset}"
                self._behind.setdefault((table, record.key), []).append(place)
        for taken in self._refold.take(batch):
            self._tally.dead += taken.effect == "dead"

    def findings(self) -> Iterator[Finding]:
        """One for each row, and one for each that there ought to be."""
        for table in TABLES:
            for key, value in self._rows[table].items():
                yield self._count(self._judge(table, key.decode(), value))
            for key in self._refold.encoded[table]:
                if key not in self._rows[table]:
                    yield self._count(self._missing(table, key.decode()))

    def _count(self, finding: Finding) -> Finding:
        self._tally.rows[finding.verdict] += 1
        return finding

    def _judge(self, table: Table, key: str, value: bytes) -> Finding:
        if (why := self._unreadable.get((table, key))) is not None:
            return Finding(table=table, key=key, verdict="unreadable", why=why)
        behind = self._behind.get((table, key), [])
        if not behind and self._is_the_same(table, key, value):
            return Finding(table=table, key=key, verdict="right", offset=self._covered[table, key])
        row = self._codecs[table].loads(value)
        verdict, found = self._compare(table, key, row, value)
        if behind and verdict not in WRONG:
            verdict = "behind"
        return Finding(
            table=table,
            key=key,
            verdict=verdict,
            offset=row.offset,
            fold_version=row.fold_version,
            differences=found,
            records=behind,
        )

    def _is_the_same(self, table: Table, key: str, value: bytes) -> bool:
        """Most rows are, byte for byte, and need no closer look."""
        return (table, key) not in self._long and value == self._refold.encoded[table].get(
            key.encode()
        )

    def _compare(
        self, table: Table, key: str, row: AnyRow, value: bytes
    ) -> tuple[Verdict, list[Difference]]:
        if row.fold_version != FOLD_VERSION:
            return "newer fold" if row.fold_version > FOLD_VERSION else "older fold", []
        if self._is_expired(key, row):
            return "expired", []
        refolded = self._refold.encoded[table].get(key.encode())
        if refolded is None:
            return "unexpected", []
        other = self._codecs[table].loads(refolded)
        found: list[Difference] = []
        if refolded != value:
            found = differences(self._shown(table, row), self._shown(table, other))
        found += self._segments.differences(key, row, Segments(self._refold.segments), other)
        return "differs" if found else "right", found

    def _shown(self, table: Table, row: AnyRow) -> dict[str, Plain]:
        return self._json.of(table, row, internals=True)

    def _missing(self, table: Table, key: str) -> Finding:
        row = self._refold.row(table, key)
        assert row is not None
        entries = unpack(row.ledger)
        places = [f"{entry.partition}:{entry.offset}" for entry in entries]
        return Finding(table=table, key=key, verdict="missing", records=places)

    def _is_expired(self, key: str, row: AnyRow) -> bool:
        if not self._first:
            return False
        return any(entry.offset < self._first for entry in self._entries(key, row))

    def _entries(self, key: str, row: AnyRow) -> Iterator[Entry]:
        yield from unpack(row.ledger)
        yield from self._segments.entries(key, row)

    def _is_named(self, table: Table | None, record: RawRecord) -> bool:
        """Whether the record's row has taken it although it has a dead letter: a worker that
        knew less may have written that before it died.
        """
        if table is None:
            return False
        value = self._rows[table].get(record.key.encode())
        if value is None or (table, record.key) in self._unreadable:
            return False
        row = self._codecs[table].loads(value)
        place = (record.partition, record.offset)
        return any((e.partition, e.offset) == place for e in self._entries(record.key, row))

    def _decodes(self, record: RawRecord) -> bool:
        try:
            self._catalogue.decode(record)
        except Undecodable:
            return False
        return True

    def _makes_row(self, record: RawRecord) -> bool:
        try:
            return self._catalogue.decode(record).facts is not None
        except Undecodable:
            return False
