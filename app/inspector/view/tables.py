"""The view's tables. A view of other tables is made anew; whoever changes what they hold, or what
the index makes of a row, raises VERSION, which does the same.
"""

from __future__ import annotations

import sqlite3
from hashlib import blake2b

from app.read.dead_letters import Letter

VERSION = 1
LETTER = tuple(Letter.__struct_fields__)  # a letter is kept as it is

FOLLOWED_AT = "followed_at"  # when the view was last written, in seconds since the epoch
COMPLETE = "complete"  # there once it has read everything there was

_TABLES = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE place (
    topic TEXT, partition INTEGER, next INTEGER NOT NULL,
    PRIMARY KEY (topic, partition)
) WITHOUT ROWID;

CREATE TABLE row (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    source TEXT NOT NULL,
    vendor TEXT NOT NULL,
    phase TEXT NOT NULL,
    events INTEGER NOT NULL,
    duplicates INTEGER NOT NULL,
    late INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    quiet_since INTEGER,
    partition INTEGER NOT NULL,
    offset INTEGER NOT NULL,
    written_at INTEGER NOT NULL,
    doc TEXT NOT NULL,
    crc INTEGER NOT NULL,
    value BLOB NOT NULL
);

CREATE INDEX row_quiet ON row (quiet_since, id) WHERE quiet_since IS NOT NULL;

-- The order of lists: the last changed has the greatest. Rows that were read in bulk are pending
-- until all are there; they get their ranks by when they were updated.
CREATE TABLE rank (seq INTEGER PRIMARY KEY, row INTEGER NOT NULL UNIQUE);
CREATE TABLE pending (updated_at INTEGER, row INTEGER, PRIMARY KEY (updated_at, row)) WITHOUT ROWID;

CREATE TABLE tally (
    kind TEXT, source TEXT, vendor TEXT, phase TEXT,
    rows INTEGER NOT NULL, events INTEGER NOT NULL,
    duplicates INTEGER NOT NULL, late INTEGER NOT NULL,
    PRIMARY KEY (kind, source, vendor, phase)
) WITHOUT ROWID;

CREATE TABLE letter (
    known_by TEXT PRIMARY KEY,
    partition INTEGER NOT NULL,
    offset INTEGER NOT NULL,
    closed INTEGER NOT NULL,
    copy TEXT NOT NULL,
    key TEXT NOT NULL,
    event_id TEXT NOT NULL,
    source TEXT NOT NULL,
    received_at INTEGER,
    written_at INTEGER NOT NULL,
    reason TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    letter BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX letter_key ON letter (key) WHERE NOT closed;
CREATE INDEX letter_cause ON letter (fingerprint, received_at);
CREATE INDEX letter_time ON letter (received_at);
CREATE INDEX letter_place ON letter (partition, offset);
"""

# By rank: small numbers, close together, make a small index, and its answers are in order.
# detail=none: which rows hold a word, not where. Whoever searches looks at the rows as well.
_INDEX = """
CREATE VIRTUAL TABLE found USING fts5(
    doc, content='', columnsize=0, detail=none, tokenize='trigram case_sensitive 1'
);
INSERT INTO found (found, rank) VALUES ('hashsize', 33554432);
"""


def version() -> str:
    """Of the tables, and of what is in them."""
    return blake2b(f"{VERSION} {_TABLES} {_INDEX} {LETTER}".encode(), digest_size=8).hexdigest()


def create(database: sqlite3.Connection) -> None:
    database.executescript(_TABLES)
    try:
        database.executescript(_INDEX)
    except sqlite3.OperationalError:  # before SQLite 3.34: without it every search walks the rows
        return


def has_index(database: sqlite3.Connection) -> bool:
    asked = "SELECT 1 FROM sqlite_master WHERE name = 'found'"
    return database.execute(asked).fetchone() is not None
