"""The rows of one partition against its raw records: pure, but for where rows lie meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from app.core.catalogue import Catalogue
from app.core.ledger import unpack
from app.core.projection import TABLES, AnyRow, Table
from app.core.row import FOLD_VERSION, UNREAD
from app.core.rows import Codec
from app.core.undecodable import Undecodable
from app.core.webhook import RawRecord
from app.read.compare import Difference, differences
from app.read.row_json import Plain, RowJson
from app.read.segments import Segments
from app.read.shelf import Shelves
from app.read.tables import table_of
from app.replay.finding import WRONG, Finding, Tally, Verdict
from app.replay.held_rows import HeldRows, key_text
from app.replay.refold import Refold


class PartitionCheck:
    """Give it what the topics hold (`held`, `expect_dead`), then the raw records in log order
    (`take`); then ask for `findings`.

    A row is compared as of its own offset: that a worker lags is no difference. `first` is the
    first offset that raw still holds. Raw records below `projected` were passed by the worker and
    must be in the rows; None takes the greatest offset of any row for that.

    Dead letters are not kept for ever. That a raw record was one, a copy of it says which comes
    later in the log: there may be such `unforeseen` ones after all records were taken. Then take
    them `anew`.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        codecs: Mapping[Table, Codec],
        shelves: Shelves,
        json: RowJson,
        *,
        first: int = 0,
        projected: int | None = None,
    ) -> None:
        self.held = HeldRows(codecs, shelves)
        self.tally = Tally()
        self.unforeseen: set[int] = set()
        self._catalogue = catalogue
        self._codecs = codecs
        self._shelves = shelves
        self._json = json
        self._first = first
        self._projected = projected
        self._refold = Refold(catalogue, codecs, shelves)
        self._dead: set[int] = set()
        self._redriven: set[int] = set()
        self._behind: dict[tuple[Table | None, str], list[str]] = {}

    def expect_dead(self, offset: int, *, redriven: bool) -> None:
        """The raw record at this offset has a dead letter, or one that was redriven."""
        self._dead.add(offset)
        if redriven:
            self._redriven.add(offset)

    def anew(self) -> PartitionCheck:
        """A check of the same rows, which knows of those that were unforeseen."""
        other = PartitionCheck(
            self._catalogue,
            self._codecs,
            self._shelves,
            self._json,
            first=self._first,
            projected=self._projected,
        )
        other.held = self.held
        other._dead = self._dead | self.unforeseen
        other._redriven = self._redriven | self.unforeseen
        return other

    def take(self, records: Iterable[RawRecord]) -> None:
        projected = self._projected
        if projected is None:
            projected = self.held.most_covered + 1
        batch = [record for record in records if self._folds(record, projected)]
        for taken in self._refold.take(batch):
            self.tally.dead += taken.effect == "dead"

    def _folds(self, record: RawRecord, projected: int) -> bool:
        """Whether a raw record is to be folded, to see what the row ought to be."""
        table = table_of(record.key)
        place = record.stands_in_for
        if place is not None and place[0] == record.partition and place[1] not in self._dead:
            self.unforeseen.add(place[1])
        covered = self.held.covered(table, record.key)
        if record.offset in self._dead and not self.held.names(table, record):
            # What could not be decoded then is not in the row, whatever can be decoded today.
            self._count_dead(record)
            return False
        if record.offset <= covered:
            return True
        if record.offset >= projected:
            self.tally.waiting += 1
            return False
        if covered != UNREAD and self._makes_row(record):
            place = f"{record.partition}:{record.offset}"
            self._behind.setdefault((table, record.key), []).append(place)
        return covered == UNREAD

    def _count_dead(self, record: RawRecord) -> None:
        if record.offset in self._redriven:
            self.tally.redriven += 1
        else:
            self.tally.dead += 1
            self.tally.redrivable += self._decodes(record)

    def findings(self) -> Iterator[Finding]:
        """One for each row, and one for each that there ought to be."""
        for table in TABLES:
            held = self.held.values[table]
            for key, value in held.items():
                yield self._judge(table, key_text(key), value)
            for key in self._refold.encoded[table]:
                if key not in held:
                    yield self._missing(table, key.decode())

    def _judge(self, table: Table, key: str, value: bytes) -> Finding:
        if (why := self.held.why_unreadable(table, key)) is not None:
            return Finding(table=table, key=key, verdict="unreadable", why=why)
        behind = self._behind.get((table, key), [])
        if not behind and self._is_the_same(table, key, value):
            verdict, found, version = "equal", [], FOLD_VERSION
        else:
            row = self._codecs[table].loads(value)
            version = row.fold_version
            verdict, found = self._compare(table, key, row, value)
        return Finding(
            table=table,
            key=key,
            verdict="behind" if behind and verdict not in WRONG else verdict,
            offset=self.held.covered(table, key),
            fold_version=version,
            differences=found,
            records=behind,
        )

    def _is_the_same(self, table: Table, key: str, value: bytes) -> bool:
        """Most rows are, byte for byte, and need no closer look."""
        refolded = self._refold.encoded[table].get(key.encode())
        return value == refolded and not self.held.has_segments(table, key)

    def _compare(
        self, table: Table, key: str, row: AnyRow, value: bytes
    ) -> tuple[Verdict, list[Difference]]:
        if row.fold_version != FOLD_VERSION:
            return "newer fold" if row.fold_version > FOLD_VERSION else "older fold", []
        if any(entry.offset < self._first for entry in self.held.entries(key, row)):
            return "expired", []
        refolded = self._refold.encoded[table].get(key.encode())
        if refolded is None:
            return "unexpected", []
        other = self._codecs[table].loads(refolded)
        found: list[Difference] = []
        if refolded != value:
            found = differences(self._shown(table, row), self._shown(table, other))
        theirs = Segments(self._refold.segments)
        found += self.held.segments.differences(key, row, theirs, other)
        return "differs" if found else "equal", found

    def _shown(self, table: Table, row: AnyRow) -> dict[str, Plain]:
        return self._json.of(table, row, internals=True)

    def _missing(self, table: Table, key: str) -> Finding:
        row = self._refold.row(table, key)
        assert row is not None
        places = [f"{entry.partition}:{entry.offset}" for entry in unpack(row.ledger)]
        return Finding(table=table, key=key, verdict="missing", records=places)

    def _decodes(self, record: RawRecord) -> bool:
        """Under today's name, as a redrive would append it."""
        try:
            self._catalogue.decode(self._catalogue.renamed(record))
        except Exception:  # noqa: BLE001 - as in the worker: it would be a dead letter
            return False
        return True

    def _makes_row(self, record: RawRecord) -> bool:
        try:
            return self._catalogue.decode(record).facts is not None
        except Undecodable:
            return False
