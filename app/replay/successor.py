"""The rows of a shadow, folded on to where the live ones are, against those: one partition. Pure,
but for where rows lie meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from app.avro.published import UnknownSchema
from app.core.catalogue import Catalogue
from app.core.projection import TABLES, AnyRow, Table
from app.core.row import FOLD_VERSION
from app.core.rows import Codec
from app.core.webhook import RawRecord
from app.errors import UserError
from app.read.compare import Difference, differences
from app.read.decode import NotARow, read_row
from app.read.row_json import Plain, RowJson
from app.read.segments import Segments
from app.read.shelf import Shelves
from app.read.tables import table_of
from app.replay.held_rows import HeldRows, key_text
from app.replay.refold import Refold
from app.replay.succession import Succession, Verdict


class Successor:
    """Give it what the live topics hold (`live`) and what the shadow's do (`put_row`,
    `put_segment`), then the raw records that the shadow has not seen, in log order (`take`); then
    ask for the `successions`.

    Raw records below `projected` were passed by the worker. `first` says which is the first offset
    that raw still holds; it is asked when all has been read.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        codecs: Mapping[Table, Codec],
        shelves: Shelves,
        json: RowJson,
        projected: int,
        first: Callable[[], int],
    ) -> None:
        self.live = HeldRows(codecs, shelves)
        self.refold = Refold(catalogue, codecs, shelves)
        self._codecs = codecs
        self._json = json
        self._projected = projected
        self._ask_first = first
        self._first = 0
        self._segments = Segments(self.refold.segments)

    def put_row(self, table: Table, key: bytes, value: bytes | None) -> None:
        """A record of one of the shadow's topics. Raises UserError where it is no row of ours: to
        fold on from there would only spoil it further.
        """
        rows = self.refold.encoded[table]
        if value is None:
            rows.pop(key, None)
            return
        try:
            key.decode()
            version = read_row(self._codecs[table], value).fold_version
        except (NotARow, UnicodeDecodeError) as why:
            raise _spoilt(key, f"cannot be read: {why}") from why
        if version != FOLD_VERSION:
            raise _spoilt(key, f"was folded by version {version} of the rules, not {FOLD_VERSION}")
        rows[key] = value

    def put_segment(self, key: bytes, value: bytes | None) -> None:
        self._segments.put(key, value)

    def segment(self, name: bytes) -> bytes:
        """The shadow's. Raises UserError where it lacks one that a row of it names."""
        value = self._segments.get(name)
        if value is None:
            raise _spoilt(name, "is named by a row, and is not there")
        return value

    def take(self, records: Iterable[RawRecord]) -> None:
        """Of these, what the worker has come to."""
        self.refold.take([record for record in records if self._was_passed(record)])

    def _was_passed(self, record: RawRecord) -> bool:
        covered = self.live.covered(table_of(record.key), record.key)
        return record.offset < self._projected or record.offset <= covered

    def successions(self) -> Iterator[Succession]:
        """One for each row that either has. Raises UserError for a live row that a newer version of
        Hookline wrote.
        """
        self._first = self._ask_first()
        for table in TABLES:
            live, ours = self.live.values[table], self.refold.encoded[table]
            for key, value in live.items():
                yield self._of_live(table, key, value)
            for key in ours:
                if key not in live:
                    yield self._of_new(table, key)

    def row(self, table: Table, key: bytes) -> AnyRow | None:
        """The shadow's."""
        value = self.refold.encoded[table].get(key)
        return None if value is None else self._codecs[table].loads(value)

    def _of_new(self, table: Table, key: bytes) -> Succession:
        row = self.row(table, key)
        assert row is not None
        verdict = "ahead" if row.offset >= self._projected else "new"
        return Succession(table=table, key=key.decode(), stored=key, verdict=verdict)

    def _of_live(self, table: Table, key: bytes, value: bytes) -> Succession:
        name = key_text(key)
        ours = self.refold.encoded[table].get(key)
        why = self.live.why_unreadable(table, name)
        found: list[Difference] = []
        if why is not None:
            self._refuse_unknown(table, name, value)
            gone = "kept" if self._first else "gone"  # who knows what it held
            verdict = gone if ours is None else "changed"
        elif value == ours and not self.live.has_segments(table, name):
            verdict = "equal"
        else:
            row = self._codecs[table].loads(value)
            verdict, found = self._compare(table, name, row, self.row(table, key))
        return Succession(
            table=table, key=name, stored=key, verdict=verdict, differences=found, why=why
        )

    def _compare(
        self, table: Table, key: str, row: AnyRow, other: AnyRow | None
    ) -> tuple[Verdict, list[Difference]]:
        if row.fold_version > FOLD_VERSION:
            raise _newer(key, f"version {row.fold_version} of the rules, not {FOLD_VERSION}")
        if other is None:
            return "kept" if self._is_beyond(key, row, None) else "gone", []
        if other.offset > row.offset and other.offset >= self._projected:
            return "ahead", []
        found = self._differences(table, key, row, other)
        if not found:
            return "equal", []
        return ("kept", []) if self._is_beyond(key, row, other) else ("changed", found)

    def _refuse_unknown(self, table: Table, key: str, value: bytes) -> None:
        try:
            self._codecs[table].loads(value)
        except UnknownSchema as why:
            raise _newer(key, str(why)) from why
        except Exception:  # noqa: BLE001
            return  # it is no row of anybody's

    def _differences(self, table: Table, key: str, row: AnyRow, other: AnyRow) -> list[Difference]:
        found = differences(self._shown(table, row), self._shown(table, other))
        return found + self.live.segments.differences(key, row, self._segments, other)

    def _shown(self, table: Table, row: AnyRow) -> dict[str, Plain]:
        return self._json.of(table, row, internals=True)

    def _is_beyond(self, key: str, row: AnyRow, other: AnyRow | None) -> bool:
        """Whether the live row holds what can no longer be folded, and the shadow's does not."""
        lost = {one.offset for one in self.live.entries(key, row) if one.offset < self._first}
        if lost and other is not None:
            lost -= {one.offset for one in self._segments.whole(key, other)}
        return bool(lost)


def _newer(key: str, how: str) -> UserError:
    return UserError(
        f"A newer version of Hookline seems to have written the row {key}: {how}.",
        "Run that version: this one would put an older row in its place.",
    )


def _spoilt(key: bytes, why: str) -> UserError:
    return UserError(
        f"Of the shadow, {key_text(key)} {why}.",
        "Make the shadow anew with `hookline replay --into NAME --force-new`.",
    )
