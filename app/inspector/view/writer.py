"""A batch of what the topics said, into the view: rows, letters and places in one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping

import msgspec

from app.core.projection import Table
from app.core.rows import Codec
from app.inspector.view.letter_writer import LetterWriter
from app.inspector.view.row_writer import NewRow, RowWriter
from app.inspector.view.tables import has_index
from app.read.dead_letters import Letter

Places = dict[tuple[str, int], int]
"""By topic and partition, the offset to go on from."""


class Batch(msgspec.Struct):
    """What to write. `letters` with when each was written, in microseconds; `gone` are keys whose
    rows were deleted; `first` is where the topic of dead letters begins, by partition.
    """

    rows: list[NewRow] = []
    gone: set[str] = set()
    letters: list[tuple[Letter, int]] = []
    places: Places = {}
    first: dict[int, int] = {}


class ViewWriter:
    """The one writer of a view. `places` are as they were last written."""

    def __init__(self, database: sqlite3.Connection, codecs: Mapping[Table, Codec]) -> None:
        self._database = database
        self._codecs = codecs
        self._rows = RowWriter(database, with_index=has_index(database))
        self._letters = LetterWriter(database)
        found = database.execute("SELECT topic, partition, next FROM place")
        self.places: Places = {(topic, number): next for topic, number, next in found}

    def close(self) -> None:
        self._database.close()

    def write(self, batch: Batch) -> None:
        """All of it or nothing."""
        self._database.execute("BEGIN IMMEDIATE")
        try:
            self._write(batch)
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")
        self.places |= batch.places

    def _write(self, batch: Batch) -> None:
        touched = self._letters.add(batch.letters) if batch.letters else set[str]()
        for partition, first in batch.first.items():
            touched |= self._letters.expire(partition, first)
        written = {row.key for row in batch.rows} | batch.gone
        again = self._as_stored(touched - written)
        if batch.rows or again or batch.gone:
            self._rows.replace([*batch.rows, *again], batch.gone)
        self._database.executemany(
            "INSERT OR REPLACE INTO place VALUES (?, ?, ?)",
            [(topic, number, next) for (topic, number), next in batch.places.items()],
        )

    def _as_stored(self, keys: Iterable[str]) -> list[NewRow]:
        """Rows of these keys, to be written again: their letters have changed."""
        asked = "SELECT kind, partition, offset, written_at, value FROM row WHERE key = ?"
        found: list[NewRow] = []
        for key in keys:
            stored = self._database.execute(asked, (key,)).fetchone()
            if stored is not None:
                table, partition, offset, written_at, value = stored
                row = self._codecs[table].loads(value)
                found.append(NewRow(table, key, row, partition, offset, written_at, value))
        return found
