"""How many rows there are of each kind, source and phase, and what they add up to, kept beside the
rows: counting a million takes too long.
"""

from __future__ import annotations

import sqlite3

_CHANGE = """
INSERT INTO tally
SELECT kind, source, vendor, phase, ?2 * count(*), ?2 * sum(events), ?2 * sum(duplicates),
    ?2 * sum(late)
FROM row WHERE id IN (SELECT value FROM json_each(?1)) GROUP BY 1, 2, 3, 4
ON CONFLICT DO UPDATE SET rows = rows + excluded.rows, events = events + excluded.events,
    duplicates = duplicates + excluded.duplicates, late = late + excluded.late
"""


def add_rows(database: sqlite3.Connection, ids: str) -> None:
    """Count the rows of these ids, a JSON array."""
    database.execute(_CHANGE, (ids, 1))
    database.execute("DELETE FROM tally WHERE rows = 0")


def take_rows(database: sqlite3.Connection, ids: str) -> None:
    """Count them no more, before they change."""
    database.execute(_CHANGE, (ids, -1))
