"""The order of the rows in lists, and the index, which goes by it."""

from __future__ import annotations

import sqlite3

_UNINDEX = """
INSERT INTO found (found, rowid, doc) SELECT 'delete', rank.seq, row.doc
FROM row CROSS JOIN rank ON rank.row = row.id WHERE row.id IN (SELECT value FROM json_each(?))
"""
_UNRANK = "DELETE FROM rank WHERE row IN (SELECT value FROM json_each(?))"
_FORGET = """
DELETE FROM pending WHERE (updated_at, row) IN (
    SELECT updated_at, id FROM row WHERE id IN (SELECT value FROM json_each(?))
)
"""
_PUT_OFF = """
INSERT INTO pending SELECT updated_at, id FROM row WHERE id IN (SELECT value FROM json_each(?))
"""
_ON_TOP = """
INSERT INTO rank SELECT ? + row_number() OVER (ORDER BY updated_at, id), id
FROM row WHERE id IN (SELECT value FROM json_each(?))
"""
_OLDEST = "SELECT updated_at, row FROM pending ORDER BY updated_at, row LIMIT ?"
_SETTLE = f"INSERT INTO rank SELECT ? + row_number() OVER (), row FROM ({_OLDEST})"  # noqa: S608
_SETTLED = """
DELETE FROM pending WHERE (updated_at, row) <= (
    SELECT updated_at, id FROM row WHERE id = (SELECT row FROM rank WHERE seq = ?)
)
"""
# In the order of the ranks: FTS5 writes to disk whenever it is given a smaller one.
_INDEX = """
INSERT INTO found (rowid, doc) SELECT rank.seq, row.doc
FROM rank CROSS JOIN row ON row.id = rank.row WHERE rank.seq > ? ORDER BY rank.seq
"""


class Ranks:
    """Within the transaction that is open on `database`."""

    def __init__(self, database: sqlite3.Connection, *, with_index: bool) -> None:
        self._database = database
        self._with_index = with_index
        [(self._top,)] = database.execute("SELECT coalesce(max(seq), 0) FROM rank").fetchall()
        self._indexed = self._top

    def take_away(self, ids: str) -> None:
        """Those of the rows of these ids (a JSON array), which are about to change."""
        if self._with_index:
            self._database.execute(_UNINDEX, (ids,))
        self._database.execute(_UNRANK, (ids,))
        self._database.execute(_FORGET, (ids,))

    def put_on_top(self, ids: str) -> None:
        """Rows of these ids changed last; of those the one updated last."""
        self._top += self._database.execute(_ON_TOP, (self._top, ids)).rowcount

    def put_off(self, ids: str) -> None:
        """There are many to come: `settle` ranks them together."""
        self._database.execute(_PUT_OFF, (ids,))

    def settle(self, most: int) -> int:
        """Rank so many of those put off, the ones updated longest ago first; returns how many."""
        count = self._database.execute(_SETTLE, (self._top, most)).rowcount
        if count > 0:
            self._top += count
            self._database.execute(_SETTLED, (self._top,))
        return count

    def index(self) -> None:
        """Make findable what was ranked."""
        if self._with_index and self._top > self._indexed:
            self._database.execute(_INDEX, (self._indexed,))
        self._indexed = self._top

    def roll_back(self) -> None:
        """What was ranked since it was last indexed was not written after all."""
        self._top = self._indexed
