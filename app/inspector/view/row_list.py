"""Rows of the view, those updated last first, a page at a time. Of conversations that are quiet,
those that fell silent last.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import msgspec

from app.core.projection import Table
from app.core.rows import Codec
from app.inspector.view.row_query import Asked, RowQuery
from app.inspector.view.tables import has_index
from app.kafka.topics import Topics
from app.read.decode import read_row
from app.read.rows import Found
from app.read.tables import state_topics

MOST = 500
EXAMINED = 20_000
"""Rows that are looked at for one page: it ends there, though it be short, and the next goes on."""

_BY_INDEX = """
SELECT row.id, row.quiet_since, row.doc FROM found CROSS JOIN row ON row.id = found.rowid
WHERE found MATCH ? AND found.rowid < ? ORDER BY found.rowid DESC LIMIT ?
"""
_BY_WALK = "SELECT id, quiet_since, doc FROM row WHERE id < ? ORDER BY id DESC LIMIT ?"
_BY_QUIET = """
SELECT id, quiet_since, doc FROM row WHERE quiet_since < ? AND (quiet_since, id) < (?, ?)
ORDER BY quiet_since DESC, id DESC LIMIT ?
"""
_STORED = """
SELECT kind, key, partition, offset, written_at, value,
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
        for examined, (id, quiet_since, doc) in enumerate(candidates, 1):  # noqa: B007
            if asked.holds(doc, quiet_since):
                if len(ids) == limit:
                    break
                ids.append(id)
            last = _Place(id, quiet_since or 0)
        else:
            if examined < EXAMINED:
                return Page(items=self._stored(database, ids), next=None)
        return Page(items=self._stored(database, ids), next=last.text())

    def one(self, database: sqlite3.Connection, key: str) -> Listed | None:
        found = database.execute(_OF_KEY, (key,)).fetchone()
        return None if found is None else self._listed(found)

    def _stored(self, database: sqlite3.Connection, ids: list[int]) -> list[Listed]:
        return [self._listed(database.execute(_OF_ID, (id,)).fetchone()) for id in ids]

    def _listed(self, stored: tuple[Table, str, int, int, int, bytes, int]) -> Listed:
        table, key, partition, offset, written_at, value, letters = stored
        found = Found(
            table=table,
            key=key,
            row=read_row(self._codecs[table], value),
            topic=self._topic[table],
            partition=partition,
            offset=offset,
            written_at=written_at,
        )
        return Listed(found=found, dead_letters=letters)


class _Place(NamedTuple):
    """Where a page ends: its last row, or the last that was looked at."""

    id: int
    quiet_since: int

    def text(self) -> str:
        return f"{self.id:x}-{self.quiet_since:x}"

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
) -> Iterator[tuple[int, int | None, str]]:
    """Rows that may be meant, the newest first: all that are, and at most EXAMINED."""
    if asked.quiet_before is not None and not asked.searches:
        order = (asked.quiet_before, after.quiet_since, after.id)
        return database.execute(_BY_QUIET, (*order, EXAMINED))
    expression = asked.expression() if has_index(database) else ""
    if expression:
        return database.execute(_BY_INDEX, (expression, after.id, EXAMINED))
    return database.execute(_BY_WALK, (after.id, EXAMINED))
