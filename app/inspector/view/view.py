"""The view as its readers see it: the API, the page. Every question may be asked from any thread;
each may raise NoView, where there is none to read now.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import NamedTuple

from app.core.projection import Table
from app.core.rows import Codec
from app.inspector.view import letter_list
from app.inspector.view.file import ViewFile
from app.inspector.view.letter_list import LetterPage, LetterQuery
from app.inspector.view.row_list import Listed, Page, RowList
from app.inspector.view.row_query import RowQuery
from app.kafka.topics import Topics
from app.read.dead_letters import Group, Letter


class Tallied(NamedTuple):
    """Rows that are alike, and what they add up to."""

    kind: Table
    source: str
    vendor: str
    phase: str
    rows: int
    events: int
    duplicates: int
    late: int


class View:
    """Rows, dead letters and counts of one installation."""

    def __init__(self, file: ViewFile, topics: Topics, codecs: Mapping[Table, Codec]) -> None:
        self._file = file
        self._rows = RowList(topics, codecs)

    def rows(self, query: RowQuery, limit: int = 50, cursor: str | None = None) -> Page:
        """Those updated last first. Raises BadCursor."""
        with self._file.reader() as database:
            return self._rows.page(database, query, limit, cursor)

    def row(self, key: str) -> Listed | None:
        with self._file.reader() as database:
            return self._rows.one(database, key)

    def tallies(self) -> list[Tallied]:
        """How many rows there are, by kind, source and phase."""
        with self._file.reader() as database:
            return [Tallied(*one) for one in database.execute("SELECT * FROM tally")]

    def letter_groups(self) -> list[Group]:
        """Open dead letters by fingerprint, that which was seen last first."""
        with self._file.reader() as database:
            return letter_list.groups(database)

    def letters(self, query: LetterQuery, limit: int = 50, cursor: str | None = None) -> LetterPage:
        """Those received last first. Raises BadCursor."""
        with self._file.reader() as database:
            return letter_list.letters(database, query, limit, cursor)

    def letter(self, raw: str) -> Letter | None:
        """The one about a raw record, by its `partition:offset`; without headers and body."""
        with self._file.reader() as database:
            return letter_list.letter(database, raw)

    def open_letters(self) -> dict[str, int]:
        """How many there are, by reason."""
        asked = "SELECT reason, count(*) FROM letter WHERE NOT closed GROUP BY reason"
        with self._file.reader() as database:
            return dict(database.execute(asked).fetchall())

    def closed_letters(self) -> int:
        """How many were redriven."""
        with self._file.reader() as database:
            return _one(database, "SELECT count(*) FROM letter WHERE closed")


def _one(database: sqlite3.Connection, asked: str) -> int:
    return database.execute(asked).fetchone()[0]
