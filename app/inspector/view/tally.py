"""How many rows there are of each kind, source and phase, and what they add up to, kept beside the
rows: counting a million takes too long.
"""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

_ADD = """
INSERT INTO tally VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET rows = rows + excluded.rows, events = events + excluded.events,
    duplicates = duplicates + excluded.duplicates, late = late + excluded.late
"""


class Counted(NamedTuple):
    """What is counted of a row."""

    kind: str
    source: str
    vendor: str
    phase: str
    events: int
    duplicates: int
    late: int


class Tally:
    """The change that one batch makes."""

    def __init__(self) -> None:
        self._sums: dict[tuple[str, ...], list[int]] = {}

    def add(self, row: Counted, sign: int = 1) -> None:
        sums = self._sums.setdefault(row[:4], [0, 0, 0, 0])
        sums[0] += sign
        sums[1] += sign * row.events
        sums[2] += sign * row.duplicates
        sums[3] += sign * row.late

    def write(self, database: sqlite3.Connection) -> None:
        database.executemany(_ADD, [(*of, *sums) for of, sums in self._sums.items()])
        database.execute("DELETE FROM tally WHERE rows = 0")
