"""Rows into the view: a batch at a time, each key's newest."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from app.core.projection import AnyRow, Table
from app.inspector.view.indexed import Indexed, indexed
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
_INDEX = "INSERT INTO found (rowid, doc) VALUES (?, ?)"
_TAKEN = "SELECT id FROM row WHERE id IN (SELECT value FROM json_each(?))"
_LETTERS = """
SELECT key, count(*) FROM letter
WHERE NOT closed AND key IN (SELECT value FROM json_each(?)) GROUP BY key
"""


class NewRow(NamedTuple):
    """A row as its topic has it: `value` are the bytes that `row` was read from, `partition` and
    `offset` its place in the state topic, `written_at` microseconds.
    """

    table: Table
    key: str
    row: AnyRow
    partition: int
    offset: int
    written_at: int
    value: bytes


class RowWriter:
    """Writes within the transaction that is open on `database`."""

    def __init__(self, database: sqlite3.Connection, *, with_index: bool) -> None:
        self._database = database
        self._with_index = with_index

    def replace(self, rows: Sequence[NewRow], gone: Collection[str] = ()) -> None:
        """Put these in, each in place of the one of its key, and take away the keys `gone`."""
        tally = Tally()
        keys = json.dumps([row.key for row in rows])
        self._remove(keys if not gone else json.dumps([*gone, *(row.key for row in rows)]), tally)
        letters = dict(self._database.execute(_LETTERS, (keys,)).fetchall())
        placed = self._placed(
            (row, indexed(row.table, row.key, row.row, letters.get(row.key, 0))) for row in rows
        )
        # In the order of their ids: FTS5 writes to disk whenever it is given a smaller one.
        placed.sort(key=lambda one: one[1].id)
        self._database.executemany(_INSERT, [_stored(row, at) for row, at in placed])
        if self._with_index:
            self._database.executemany(_INDEX, [(at.id, at.doc) for _, at in placed])
        for row, at in placed:
            tally.add(_counted(row, at))
        tally.write(self._database)

    def _remove(self, keys: str, tally: Tally) -> None:
        old = self._database.execute(_OLD, (keys,)).fetchall()
        if old:
            for one in old:
                tally.add(Counted(*one), -1)
            if self._with_index:
                self._database.execute(_UNINDEX, (keys,))
            self._database.execute(_DELETE, (keys,))

    def _placed(self, made: Iterable[tuple[NewRow, Indexed]]) -> list[tuple[NewRow, Indexed]]:
        """Of two rows at the same place the later one goes to the next that is free."""
        wanted = list(made)
        ids = json.dumps([at.id for _, at in wanted])
        taken = {id for (id,) in self._database.execute(_TAKEN, (ids,))}
        placed: list[tuple[NewRow, Indexed]] = []
        for row, at in wanted:
            id = at.id
            while id in taken:
                id += 1
                if id not in taken and self._is_taken(id):
                    taken.add(id)
            taken.add(id)
            placed.append((row, at if id == at.id else at._replace(id=id)))
        return placed

    def _is_taken(self, id: int) -> bool:
        found = self._database.execute("SELECT 1 FROM row WHERE id = ?", (id,))
        return found.fetchone() is not None


def _stored(row: NewRow, at: Indexed) -> tuple[object, ...]:
    """In the order of the table's columns."""
    return (
        at.id,
        row.key,
        *_counted(row, at),
        at.quiet_since,
        row.partition,
        row.offset,
        row.written_at,
        at.doc,
        row.value,
    )


def _counted(row: NewRow, at: Indexed) -> Counted:
    return Counted(row.table, at.source, at.vendor, at.phase, at.events, at.duplicates, at.late)
