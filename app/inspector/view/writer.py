"""A batch of what the topics said, into the view: rows, letters and places in one transaction."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

from app.core.projection import Table
from app.inspector.view.indexed import Indexed
from app.inspector.view.letter_writer import LetterWriter
from app.inspector.view.ranks import Ranks
from app.inspector.view.row_writer import NewRow, RowWriter
from app.inspector.view.tables import COMPLETE, FOLLOWED_AT, has_index
from app.read.dead_letters import Letter

_STORED = """
SELECT kind, key, partition, offset, written_at, value,
    updated_at, source, vendor, phase, events, duplicates, late, quiet_since, doc
FROM row WHERE key = ?
"""

# The keys of a batch lie all over their index: its pages are written once for so many batches, as
# long as no more time is lost than this when it is killed.
TOGETHER, TOGETHER_S = 3, 2.0

Places = dict[tuple[str, int], int]
"""By topic and partition, the offset to go on from."""


class Batch(msgspec.Struct):
    """What to write. `letters` with when each was written, in microseconds; `gone` are keys whose
    rows were deleted; `first` is where the topic of dead letters begins, by partition; `complete`
    says that everything that was there has been read.
    """

    rows: list[NewRow] = []
    gone: set[str] = set()
    letters: list[tuple[Letter, int]] = []
    places: Places = {}
    first: dict[int, int] = {}
    complete: bool = False

    @property
    def says_something(self) -> bool:
        """Beyond how far the topics were read."""
        return bool(self.rows or self.gone or self.letters or self.first)


class ViewWriter:
    """The one writer of a view. `places` are as they were last written; `complete` says whether it
    ever held all there was.
    """

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._ranks = Ranks(database, with_index=has_index(database))
        self._rows = RowWriter(database, self._ranks)
        self._letters = LetterWriter(database)
        found = database.execute("SELECT topic, partition, next FROM place")
        self._places: Places = {}
        self._written = 0
        self._committed_at = time.monotonic()
        self.places: Places = {(topic, number): next for topic, number, next in found}
        about = dict(database.execute("SELECT name, value FROM about").fetchall())
        self.complete = COMPLETE in about

    def close(self) -> None:
        self._database.close()

    def write(self, batch: Batch, *, in_bulk: bool = False) -> None:
        """All of it or nothing, to be seen at once. Rows written `in_bulk` are seen in lists when
        they are settled; several such batches are committed together, by the last of them or by
        `commit`.
        """
        with self._all_or_nothing():
            if not self._database.in_transaction:
                self._database.execute("BEGIN IMMEDIATE")
            self._write(batch, in_bulk=in_bulk)
        self._places |= batch.places
        self._written += 1
        late = time.monotonic() - self._committed_at > TOGETHER_S
        if not in_bulk or self._written == TOGETHER or late:
            self.commit()

    def commit(self) -> None:
        if self._database.in_transaction:
            with self._all_or_nothing():
                self._database.execute("COMMIT")
            self.places = self.places | self._places
        self._places, self._written = {}, 0
        self._committed_at = time.monotonic()

    def settle(self, most: int) -> int:
        """Let some of the rows that were written in bulk be seen; returns how many: 0 at last."""
        with self._all_or_nothing():
            self._database.execute("BEGIN IMMEDIATE")
            count = self._ranks.settle(most)
            self._ranks.index()
            self._database.execute("COMMIT")
        return count

    def unsettled(self) -> int:
        return self._database.execute("SELECT count(*) FROM pending").fetchone()[0]

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self._ranks.roll_back()
            self._places, self._written = {}, 0
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
            raise

    def _write(self, batch: Batch, *, in_bulk: bool) -> None:
        touched = self._letters.add(batch.letters) if batch.letters else set[str]()
        for partition, first in batch.first.items():
            touched |= self._letters.expire(partition, first)
        written = {row.key for row in batch.rows} | batch.gone if touched else set[str]()
        again = self._as_stored(touched - written)
        if batch.rows or again or batch.gone:
            self._rows.put([*batch.rows, *again], batch.gone, in_bulk=in_bulk)
        self._database.executemany(
            "INSERT OR REPLACE INTO place VALUES (?, ?, ?)",
            [(topic, number, next) for (topic, number), next in batch.places.items()],
        )
        about = {FOLLOWED_AT: str(time.time())} | ({COMPLETE: "yes"} if batch.complete else {})
        self._database.executemany("INSERT OR REPLACE INTO about VALUES (?, ?)", about.items())
        self.complete |= batch.complete

    def _as_stored(self, keys: Iterable[str]) -> list[NewRow]:
        """Rows of these keys, to be written again: their letters have changed."""
        stored = (self._database.execute(_STORED, (key,)).fetchone() for key in keys)
        return [_row(*one) for one in stored if one is not None]


def _row(
    table: Table, key: str, partition: int, offset: int, written_at: int, value: bytes, *at: Any
) -> NewRow:
    indexed = Indexed(*at).without_letters()
    return NewRow(table, key, partition, offset, written_at, value, indexed)
