"""The view's tables. Whoever changes what they hold, or what the index makes of a row, raises
VERSION: a view of another version is made anew.
"""

from __future__ import annotations

import sqlite3

VERSION = 1

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
    quiet_since INTEGER,
    partition INTEGER NOT NULL,
    offset INTEGER NOT NULL,
    written_at INTEGER NOT NULL,
    doc TEXT NOT NULL,
    value BLOB NOT NULL
);

CREATE INDEX row_quiet ON row (quiet_since, id) WHERE quiet_since IS NOT NULL;

CREATE TABLE tally (
    kind TEXT, source TEXT, vendor TEXT, phase TEXT,
    rows INTEGER NOT NULL, events INTEGER NOT NULL,
    duplicates INTEGER NOT NULL, late INTEGER NOT NULL,
    PRIMARY KEY (kind, source, vendor, phase)
) WITHOUT ROWID;

CREATE TABLE letter (
    raw TEXT PRIMARY KEY,
    partition INTEGER NOT NULL,
    offset INTEGER NOT NULL,
    closed INTEGER NOT NULL,
    key TEXT NOT NULL,
    event_id TEXT NOT NULL,
    source TEXT NOT NULL,
    type TEXT NOT NULL,
    received_at INTEGER,
    written_at INTEGER NOT NULL,
    reason TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    message TEXT NOT NULL,
    path TEXT NOT NULL,
    copy TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX letter_key ON letter (key) WHERE NOT closed;
CREATE INDEX letter_cause ON letter (fingerprint, received_at);
CREATE INDEX letter_time ON letter (received_at);
CREATE INDEX letter_place ON letter (partition, offset);
"""

# detail=none: which rows hold a word, not where. Whoever searches looks at the rows as well.
_INDEX = """
CREATE VIRTUAL TABLE found USING fts5(
    doc, content='row', content_rowid='id', columnsize=0, detail=none,
    tokenize='trigram case_sensitive 1'
);
INSERT INTO found (found, rank) VALUES ('hashsize', 33554432);
"""


def create(database: sqlite3.Connection) -> None:
    database.executescript(_TABLES)
    try:
        database.executescript(_INDEX)
    except sqlite3.OperationalError:  # before SQLite 3.34: without it every search walks the rows
        return


def has_index(database: sqlite3.Connection) -> bool:
    asked = "SELECT 1 FROM sqlite_master WHERE name = 'found'"
    return database.execute(asked).fetchone() is not None
