"""Rows into the view: a batch at a time, each key's newest."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Sequence
from typing import NamedTuple
from zlib import crc32

from app.core.projection import Table
from app.inspector.view.indexed import Indexed
from app.inspector.view.ranks import Ranks
from app.inspector.view.tally import add_rows, take_rows

_DELETE = "DELETE FROM row WHERE key IN (SELECT value FROM json_each(?))"
_PUT = """
INSERT INTO row (key, kind, source, vendor, phase, events, duplicates, late, updated_at,
    quiet_since, partition, offset, written_at, doc, crc, value)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET phase = excluded.phase, events = excluded.events,
    duplicates = excluded.duplicates, late = excluded.late, updated_at = excluded.updated_at,
    quiet_since = excluded.quiet_since, partition = excluded.partition, offset = excluded.offset,
    written_at = excluded.written_at, doc = excluded.doc, crc = excluded.crc, value = excluded.value
"""
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
    """Writes within the transaction that is open on `database`: `put`, then `rank`."""

    def __init__(self, database: sqlite3.Connection, ranks: Ranks) -> None:
        self._database = database
        self._ranks = ranks
        self._keys = "[]"

    def put(self, rows: Sequence[NewRow], gone: Collection[str] = ()) -> None:
        """Put these in, each in place of the one of its key (no two have the same), and take away
        the keys `gone`. A statement for each row: threads that hold the interpreter while this
        runs would each time be waited for.
        """
        keys = self._keys = json.dumps([row.key for row in rows])
        everything = keys if not gone else json.dumps([*gone, *(row.key for row in rows)])
        if take_rows(self._database, everything):
            self._ranks.take_away(everything)
            self._database.execute(_DELETE, (json.dumps([*gone]),))
        self._database.executemany(_PUT, map(_stored, self._with_letters(rows, keys)))

    def rank(self, *, in_bulk: bool) -> None:
        """Count and rank what was put in; those put in `in_bulk` only when they are settled: see
        Ranks. Few statements, each about all rows: other threads run meanwhile.
        """
        add_rows(self._database, self._keys)
        if in_bulk:
            self._ranks.put_off(self._keys)
        else:
            self._ranks.put_on_top(self._keys)
        self._ranks.index()
        self._keys = "[]"

    def _with_letters(self, rows: Sequence[NewRow], keys: str) -> Sequence[NewRow]:
        letters = dict(self._database.execute(_LETTERS, (keys,)).fetchall())
        if not letters:
            return rows
        return [
            row._replace(at=row.at.with_letters()) if row.key in letters else row for row in rows
        ]


def _stored(row: NewRow) -> tuple[object, ...]:
    """In the order of _PUT."""
    table, key, partition, offset, written_at, value, at = row
    updated_at, source, vendor, phase, events, duplicates, late, quiet_since, doc = at
    return (
        key,
        table,
        source,
        vendor,
        phase,
        events,
        duplicates,
        late,
        updated_at,
        quiet_since,
        partition,
        offset,
        written_at,
        doc,
        crc32(value),
        value,
    )
