"""The parts that the index consists of, merged into fewer: not while many rows are put in, but
afterwards, a little at a time. SQLite would merge all of them at once, as one of the first changes
is written, which would not be seen for seconds.
"""

from __future__ import annotations

import sqlite3

_PUT = "INSERT INTO found (found, rank) VALUES (?, ?)"
_OFF = (("automerge", 0), ("crisismerge", 2_000), ("usermerge", 2))
_AS_USUAL = (("automerge", 4), ("crisismerge", 16), ("usermerge", 4))
_PAGES = 64  # merged at once: some 10 ms
_NOTHING = 2  # rows that are changed by a merge that found nothing to do: fewer than these


class Merging:
    """Of the index of `database`. Whether it is off is kept in the file."""

    def __init__(self, database: sqlite3.Connection, *, with_index: bool) -> None:
        self._database = database
        self._with_index = with_index
        self.is_off = with_index and self._is_off()

    def _is_off(self) -> bool:
        asked = "SELECT 1 FROM found_config WHERE k = 'automerge' AND v = 0"
        return self._database.execute(asked).fetchone() is not None

    def turn_off(self) -> None:
        if self._with_index and not self.is_off:
            self._database.executemany(_PUT, _OFF)
            self.is_off = True

    def go_on(self) -> None:
        """Merge a little of what was put in while it was off; when all is merged it is on again."""
        before = self._database.total_changes
        self._database.execute(_PUT, ("merge", _PAGES))
        if self._database.total_changes - before < _NOTHING:
            self._database.executemany(_PUT, _AS_USUAL)
            self.is_off = False
