"""Rows of the view, those updated last first, a page at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping

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
_STORED = """
SELECT kind, key, partition, offset, written_at, value,
    (SELECT count(*) FROM letter WHERE letter.key = row.key AND NOT closed) AS letters
FROM row
"""
_OF_ID, _OF_KEY = f"{_STORED} WHERE id = ?", f"{_STORED} WHERE key = ?"
_NEWEST = (1 << 63) - 1


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
        before = _NEWEST if cursor is None else _place(cursor)
        asked = Asked(query)
        ids: list[int] = []
        examined = last = 0
        for id, quiet_since, doc in _candidates(database, asked, before):
            examined, last = examined + 1, id
            if asked.holds(doc, quiet_since):
                ids.append(id)
                if len(ids) > limit:
                    break
        more = len(ids) > limit or examined == EXAMINED
        ids, last = ids[:limit], ids[limit - 1] if len(ids) > limit else last
        return Page(items=self._stored(database, ids), next=f"{last:x}" if more else None)

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


def _candidates(
    database: sqlite3.Connection, asked: Asked, before: int
) -> Iterator[tuple[int, int | None, str]]:
    """Rows that may be meant, the newest first: all that are, and at most EXAMINED."""
    expression = asked.expression() if has_index(database) else ""
    if expression:
        return database.execute(_BY_INDEX, (expression, before, EXAMINED))
    return database.execute(_BY_WALK, (before, EXAMINED))


def _place(cursor: str) -> int:
    try:
        place = int(cursor, 16)
    except ValueError:
        raise BadCursor(cursor) from None
    if not 0 <= place <= _NEWEST:
        raise BadCursor(cursor)
    return place
