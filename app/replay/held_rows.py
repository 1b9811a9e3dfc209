"""What the topics hold of one partition's rows, on shelves: what a check compares with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from app.core.ledger import Entry
from app.core.projection import TABLES, AnyRow, Table
from app.core.row import UNREAD
from app.core.rows import Codec
from app.core.webhook import RawRecord
from app.read.decode import NotARow, read_row
from app.read.segments import Segments
from app.read.shelf import Shelves


def key_text(key: bytes) -> str:
    """A row's key, whoever wrote it: bytes that are not UTF-8 are shown as escapes."""
    return key.decode(errors="backslashreplace")


class HeldRows:
    """Rows and segments as they lie in their topics; a later record of a key takes the place of
    an earlier one. In memory is an offset a row; the rest lies on shelves.
    """

    def __init__(self, codecs: Mapping[Table, Codec], shelves: Shelves) -> None:
        self.values = {table: shelves.shelf() for table in TABLES}
        self.segments = Segments(shelves.shelf())
        self._codecs = codecs
        self._covered: dict[tuple[Table, str], int] = {}
        self._long: set[tuple[Table, str]] = set()  # rows that have segments
        self._unreadable: dict[tuple[Table, str], str] = {}

    def put(self, table: Table, key: bytes, value: bytes | None) -> None:
        """A record of a state topic; None is a tombstone."""
        name = (table, key_text(key))
        self._unreadable.pop(name, None)
        self._covered.pop(name, None)
        self._long.discard(name)
        if value is None:
            self.values[table].pop(key, None)
            return
        self.values[table][key] = value
        try:
            row = read_row(self._codecs[table], value)
            key.decode()
        except NotARow as error:
            self._unreadable[name] = str(error)
            return
        except UnicodeDecodeError:
            self._unreadable[name] = "its key is not UTF-8"
            return
        self._covered[name] = row.offset
        if row.fold.moved:
            self._long.add(name)

    def covered(self, table: Table | None, key: str) -> int:
        """The raw offset up to which the row of a key goes, -1 where there is no row."""
        return UNREAD if table is None else self._covered.get((table, key), UNREAD)

    @property
    def most_covered(self) -> int:
        """The greatest offset that any row goes to, -1 where there is none."""
        return max(self._covered.values(), default=UNREAD)

    def has_segments(self, table: Table, key: str) -> bool:
        return (table, key) in self._long

    def why_unreadable(self, table: Table, key: str) -> str | None:
        return self._unreadable.get((table, key))

    def entries(self, key: str, row: AnyRow) -> Iterator[Entry]:
        """Of the row's whole ledger."""
        return self.segments.whole(key, row)

    def names(self, table: Table | None, record: RawRecord) -> bool:
        """Whether the row of a raw record has it in its ledger."""
        if self.covered(table, record.key) == UNREAD or table is None:
            return False
        row = self._codecs[table].loads(self.values[table][record.key.encode()])
        place = (record.partition, record.offset)
        return any((e.partition, e.offset) == place for e in self.entries(record.key, row))
