"""Rows of the view, those changed last first, a page at a time; after a start, those updated last.
Of conversations that are quiet, those that fell silent last.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from zlib import crc32

import msgspec

from app.core.projection import Table
from app.core.rows import Codec
from app.errors import UserError
from app.inspector.view.row_query import Asked, RowQuery
from app.inspector.view.tables import has_index
from app.kafka.topics import Topics
from app.read.decode import NotARow, read_row
from app.read.rows import Found
from app.read.tables import state_topics

MOST = 500
EXAMINED = 8_000
"""Rows that are looked at for one page: it ends there, though it be short, and the next goes on."""

_BY_INDEX = """
SELECT row.id, rank.seq, row.quiet_since, row.doc
FROM found CROSS JOIN rank ON rank.seq = found.rowid CROSS JOIN row ON row.id = rank.row
WHERE found MATCH ? AND found.rowid < ? ORDER BY found.rowid DESC LIMIT ?
"""
_BY_WALK = """
SELECT row.id, rank.seq, row.quiet_since, row.doc FROM rank CROSS JOIN row ON row.id = rank.row
WHERE rank.seq < ? ORDER BY rank.seq DESC LIMIT ?
"""
_BY_QUIET = """
SELECT id, id, quiet_since, doc FROM row WHERE quiet_since < ? AND (quiet_since, id) < (?, ?)
ORDER BY quiet_since DESC, id DESC LIMIT ?
"""
_STORED = """
SELECT kind, key, partition, offset, written_at, crc, value,
    (SELECT count(*) FROM letter WHERE letter.key = row.key AND NOT closed) AS letters
FROM row
"""
_OF_ID, _OF_KEY = f"{_STORED} WHERE id = ?", f"{_STORED} WHERE key = ?"


class BadCursor(ValueError):
    """A cursor that no page gave."""


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A row, and how many open dead letters have its key."""

    found: Found
    dead_letters: int


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """`next` is the cursor of what follows, None at the end. A page that has fewer items than
    were asked for and a `next` only looked at as many rows as one page may.
    """

    items: list[Listed]
    next: str | None


class RowList:
    """Reads with a connection that somebody else opens."""

    def __init__(self, topics: Topics, codecs: Mapping[Table, Codec]) -> None:
        self._topic = state_topics(topics)
        self._codecs = codecs

    def page(
        self, database: sqlite3.Connection, query: RowQuery, limit: int, cursor: str | None
    ) -> Page:
        """At most `limit` rows, from the cursor of the page before. A row that changes meanwhile
        moves to the front; no other is left out or shown twice. Raises BadCursor.
        """
        start = _START if cursor is None else _Place.read(cursor)
        asked = Asked(query)
        ids: list[int] = []
        last, examined = start, 0
        candidates = _candidates(database, asked, start)
        for examined, (id, place, quiet_since, doc) in enumerate(candidates, 1):  # noqa: B007
            if asked.holds(doc, quiet_since):
                if len(ids) == limit:
                    break
                ids.append(id)
            last = _Place(place, quiet_since or 0)
        else:
            if examined < EXAMINED:
                return Page(items=self._stored(database, ids), next=None)
        return Page(items=self._stored(database, ids), next=last.text())

    def one(self, database: sqlite3.Connection, key: str) -> Listed | None:
        """Raises UserError for one whose value is no row."""
        found = database.execute(_OF_KEY, (key,)).fetchone()
        if found is None:
            return None
        listed = self._listed(found)
        if listed is None:
            raise UserError(
                f"The row {key} cannot be read.",
                "A newer version of Hookline may have written it, or something else altogether.",
            )
        return listed

    def _stored(self, database: sqlite3.Connection, ids: list[int]) -> list[Listed]:
        """Those that can be read."""
        stored = (database.execute(_OF_ID, (id,)).fetchone() for id in ids)
        return [one for one in map(self._listed, stored) if one is not None]

    def _listed(self, stored: tuple[Table, str, int, int, int, int, bytes, int]) -> Listed | None:
        """None for what is no row, though it is as it was written; else raises NotARow."""
        table, key, partition, offset, written_at, crc, value, letters = stored
        try:
            row = read_row(self._codecs[table], value)
        except NotARow:
            if crc32(value) == crc:
                return None
            raise
        found = Found(
            table=table,
            key=key,
            row=row,
            topic=self._topic[table],
            partition=partition,
            offset=offset,
            written_at=written_at,
        )
        return Listed(found=found, dead_letters=letters)


class _Place(NamedTuple):
    """Where a page ends: its last row, or the last that was looked at. `number` is its rank, of
    quiet ones its id.
    """

    number: int
    quiet_since: int

    def text(self) -> str:
        return f"{self.number:x}-{self.quiet_since:x}"

    @classmethod
    def read(cls, cursor: str) -> _Place:
        if _CURSOR.fullmatch(cursor) is None:
            raise BadCursor(cursor)
        return cls(*(int(part, 16) for part in cursor.split("-")))


_CURSOR = re.compile("[0-9a-f]{1,15}-[0-9a-f]{1,15}")
_NEWEST = (1 << 63) - 1
_START = _Place(_NEWEST, _NEWEST)


def _candidates(
    database: sqlite3.Connection, asked: Asked, after: _Place
) -> Iterator[tuple[int, int, int | None, str]]:
    """Rows that may be meant, by id, place, …, the newest first: all that are, and at most
    EXAMINED.
    """
    if asked.holds_none:
        return iter(())
    if asked.quiet_before is not None and not asked.searches:
        order = (asked.quiet_before, after.quiet_since, after.number)
        return database.execute(_BY_QUIET, (*order, EXAMINED))
    expression = asked.expression() if has_index(database) else ""
    if expression:
        return database.execute(_BY_INDEX, (expression, after.number, EXAMINED))
    return database.execute(_BY_WALK, (after.number, EXAMINED))
