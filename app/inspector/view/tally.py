"""How many rows there are of each kind, source and phase, and what they add up to, kept beside the
rows: counting a million takes too long.
"""

from __future__ import annotations

import sqlite3

_CHANGE = """
INSERT INTO tally
SELECT kind, source, vendor, phase, ?2 * count(*), ?2 * sum(events), ?2 * sum(duplicates),
    ?2 * sum(late)
FROM row WHERE key IN (SELECT value FROM json_each(?1)) GROUP BY 1, 2, 3, 4
ON CONFLICT DO UPDATE SET rows = rows + excluded.rows, events = events + excluded.events,
    duplicates = duplicates + excluded.duplicates, late = late + excluded.late
"""


def add_rows(database: sqlite3.Connection, keys: str) -> None:
    """Count the rows of these keys, a JSON array."""
    database.execute(_CHANGE, (keys, 1))
    database.execute("DELETE FROM tally WHERE rows = 0")


def take_rows(database: sqlite3.Connection, keys: str) -> bool:
    """Count them no more, before they change; whether there were any."""
    return database.execute(_CHANGE, (keys, -1)).rowcount > 0
