"""Rows into the view: a batch at a time, each key's newest."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Sequence
from typing import NamedTuple

from app.core.projection import Table
from app.inspector.view.indexed import Indexed
from app.inspector.view.tally import Counted, Tally

_OLD = """
SELECT kind, source, vendor, phase, events, duplicates, late FROM row
WHERE key IN (SELECT value FROM json_each(?))
"""
_UNINDEX = """
INSERT INTO found (found, rowid, doc) SELECT 'delete', id, doc FROM row
WHERE key IN (SELECT value FROM json_each(?))
"""
_DELETE = "DELETE FROM row WHERE key IN (SELECT value FROM json_each(?))"
_INSERT = "INSERT INTO row VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
# In the order of the ids: FTS5 writes to disk whenever it is given a smaller one.
_INDEX = """
INSERT INTO found (rowid, doc) SELECT id, doc FROM row
WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id
"""
_TAKEN = "SELECT id FROM row WHERE id IN (SELECT value FROM json_each(?))"
_LETTERS = """
SELECT key, count(*) FROM letter
WHERE NOT closed AND key IN (SELECT value FROM json_each(?)) GROUP BY key
"""


class NewRow(NamedTuple):
    """A row as its topic has it: `value` are its bytes, `partition` and `offset` its place in the
    state topic, `written_at` microseconds. `at` takes it to have no dead letters.
    """

    table: Table
    key: str
    partition: int
    offset: int
    written_at: int
    value: bytes
    at: Indexed


class RowWriter:
    """Writes within the transaction that is open on `database`: first `replace`, then `index`,
    which is one long statement, so that another thread may run meanwhile.
    """

    def __init__(self, database: sqlite3.Connection, *, with_index: bool) -> None:
        self._database = database
        self._with_index = with_index
        self._to_index: list[int] = []

    def replace(self, rows: Sequence[NewRow], gone: Collection[str] = ()) -> None:
        """Put these in, each in place of the one of its key, and take away the keys `gone`."""
        tally = Tally()
        keys = json.dumps([row.key for row in rows])
        self._remove(keys if not gone else json.dumps([*gone, *(row.key for row in rows)]), tally)
        placed = self._placed(self._with_letters(rows, keys))
        placed.sort(key=lambda row: row.at.id)
        self._database.executemany(_INSERT, map(_stored, placed))
        for row in placed:
            tally.add(_counted(row))
        tally.write(self._database)
        self._to_index = [row.at.id for row in placed]

    def index(self) -> None:
        """Make what was put in findable."""
        if self._with_index:
            self._database.execute(_INDEX, (json.dumps(self._to_index),))
        self._to_index = []

    def _remove(self, keys: str, tally: Tally) -> None:
        old = self._database.execute(_OLD, (keys,)).fetchall()
        if old:
            for one in old:
                tally.add(Counted(*one), -1)
            if self._with_index:
                self._database.execute(_UNINDEX, (keys,))
            self._database.execute(_DELETE, (keys,))

    def _with_letters(self, rows: Sequence[NewRow], keys: str) -> Sequence[NewRow]:
        letters = dict(self._database.execute(_LETTERS, (keys,)).fetchall())
        if not letters:
            return rows
        return [
            row._replace(at=row.at.with_letters()) if row.key in letters else row for row in rows
        ]

    def _placed(self, rows: Sequence[NewRow]) -> list[NewRow]:
        """Of two rows at the same place the later one goes to one nearby that is free."""
        ids = json.dumps([row.at.id for row in rows])
        taken = {id for (id,) in self._database.execute(_TAKEN, (ids,))}
        placed: list[NewRow] = []
        for row in rows:
            id, step = row.at.id, 1
            while id in taken or (step > 1 and self._is_taken(id)):
                id, step = id + step, step * 2  # a bulk import may fill many a second
            taken.add(id)
            placed.append(row if step == 1 else row._replace(at=row.at._replace(id=id)))
        return placed

    def _is_taken(self, id: int) -> bool:
        found = self._database.execute("SELECT 1 FROM row WHERE id = ?", (id,))
        return found.fetchone() is not None


def _stored(row: NewRow) -> tuple[object, ...]:
    """In the order of the table's columns."""
    return (
        row.at.id,
        row.key,
        *_counted(row),
        row.at.quiet_since,
        row.partition,
        row.offset,
        row.written_at,
        row.at.doc,
        row.value,
    )


def _counted(row: NewRow) -> Counted:
    at = row.at
    return Counted(row.table, at.source, at.vendor, at.phase, at.events, at.duplicates, at.late)
