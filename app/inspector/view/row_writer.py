"""Rows into the view: a batch at a time, each key's newest."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Sequence
from itertools import chain
from operator import attrgetter
from typing import NamedTuple
from zlib import crc32

from app.core.projection import Table
from app.inspector.view.indexed import Indexed
from app.inspector.view.ranks import Ranks
from app.inspector.view.tally import add_rows, take_rows

_THERE = "SELECT id FROM row WHERE key IN (SELECT value FROM json_each(?))"
_DELETE = "DELETE FROM row WHERE key IN (SELECT value FROM json_each(?))"
_LAST = "SELECT coalesce(max(id), 0) FROM row"
_OF_ITS_KEY = ("key", "kind", "source", "vendor")
_CHANGING = (
    *("phase", "events", "duplicates", "late", "updated_at", "quiet_since"),
    *("partition", "offset", "written_at", "doc", "crc", "value"),
)
_COLUMNS = (*_OF_ITS_KEY, *_CHANGING)
_PUT = f"""
INSERT INTO row ({", ".join(_COLUMNS)}) VALUES {{values}}
ON CONFLICT DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _CHANGING)}
"""  # noqa: S608
_VALUES = f"({', '.join('?' * len(_COLUMNS))})"
_LETTERS = """
SELECT key, count(*) FROM letter
WHERE NOT closed AND key IN (SELECT value FROM json_each(?)) GROUP BY key
"""
# Rows of a batch get their ids by when they were updated: they lie next to each other when they are
# ranked, indexed and listed.
_updated_at = attrgetter("at.updated_at")
_AT_ONCE = (2_000, 200, 20, 1)  # rows in one statement, as many as there are and SQLite allows


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
    """Writes within the transaction that is open on `database`."""

    def __init__(self, database: sqlite3.Connection, ranks: Ranks) -> None:
        self._database = database
        self._ranks = ranks
        most = database.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER) // len(_COLUMNS)
        self._puts = {
            count: _PUT.format(values=", ".join([_VALUES] * count))
            for count in _AT_ONCE
            if count <= most
        }

    def put(
        self, rows: Sequence[NewRow], gone: Collection[str] = (), *, in_bulk: bool = False
    ) -> None:
        """Put these in, each in place of the one of its key (no two have the same), and take away
        the keys `gone`. Those put in `in_bulk` are ranked only when they are settled: see Ranks.
        Few statements, each about many rows: another thread that holds the interpreter is waited
        for after each.
        """
        if gone:
            self._let_go(json.dumps([*gone]))
        rows = sorted(rows, key=_updated_at)
        keys = json.dumps([row.key for row in rows])
        there = self._there(keys)
        if there:
            self._take_away(there)
        last = self._last()
        self._insert([_stored(row) for row in self._with_letters(rows, keys)])
        ids = json.dumps([*there, *range(last + 1, self._last() + 1)])
        add_rows(self._database, ids)
        if in_bulk:
            self._ranks.put_off(ids)
        else:
            self._ranks.put_on_top(ids)
            self._ranks.index()

    def _insert(self, stored: Sequence[tuple[object, ...]]) -> None:
        at = 0
        for count, put in self._puts.items():
            while len(stored) - at >= count:
                self._database.execute(put, [*chain.from_iterable(stored[at : at + count])])
                at += count

    def _there(self, keys: str) -> list[int]:
        return [id for (id,) in self._database.execute(_THERE, (keys,))]

    def _last(self) -> int:
        return self._database.execute(_LAST).fetchone()[0]

    def _take_away(self, ids: list[int]) -> None:
        array = json.dumps(ids)
        take_rows(self._database, array)
        self._ranks.take_away(array)

    def _let_go(self, keys: str) -> None:
        self._take_away(self._there(keys))
        self._database.execute(_DELETE, (keys,))

    def _with_letters(self, rows: Sequence[NewRow], keys: str) -> Sequence[NewRow]:
        letters = dict(self._database.execute(_LETTERS, (keys,)).fetchall())
        if not letters:
            return rows
        return [
            row._replace(at=row.at.with_letters()) if row.key in letters else row for row in rows
        ]


def _stored(row: NewRow) -> tuple[object, ...]:
    """In the order of _COLUMNS."""
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
