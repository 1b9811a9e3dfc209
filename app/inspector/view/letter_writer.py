"""Dead letters into the view: without their bodies, which stay in their topic."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

import msgspec

from app.read.dead_letters import Letter, without_body

# The first letter of a raw record counts; one of reason `redriven` closes it, wherever it stands:
# `hookline replay copy` closes letters before they are written. Those then take its place.
_PUT = """
INSERT INTO letter VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET closed = 1, copy = excluded.copy WHERE excluded.closed
"""
_PUT_IN_PLACE_OF_ITS_CLOSING = """
UPDATE letter SET partition = ?2, offset = ?3, written_at = ?10, reason = ?11, fingerprint = ?12,
    letter = ?13
WHERE known_by = ?1 AND reason = 'redriven' AND NOT ?4
"""
_EXPIRE = "DELETE FROM letter WHERE partition = ? AND offset < ?"
_EXPIRED = "SELECT DISTINCT key FROM letter WHERE NOT closed AND partition = ? AND offset < ?"


class LetterWriter:
    """Writes within the transaction that is open on `database`."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def add(self, letters: Iterable[tuple[Letter, int]]) -> set[str]:
        """Each with when it was written, in microseconds. Returns the keys whose count of open
        ones may have changed.
        """
        letters = list(letters)
        stored = [_stored(one, at) for one, at in letters]
        self._database.executemany(_PUT, stored)
        self._database.executemany(_PUT_IN_PLACE_OF_ITS_CLOSING, stored)
        return {one.key for one, _ in letters}

    def expire(self, partition: int, first: int) -> set[str]:
        """Forget those before the first offset that the topic still has; returns as `add` does."""
        keys = {key for (key,) in self._database.execute(_EXPIRED, (partition, first))}
        self._database.execute(_EXPIRE, (partition, first))
        return keys


def _stored(letter: Letter, written_at: int) -> tuple[object, ...]:
    """In the order of the table's columns."""
    partition, _, offset = letter.place.partition(":")
    return (
        letter.known_by,
        int(partition),
        int(offset),
        letter.closes,
        letter.copy,
        letter.key,
        letter.id,
        letter.source,
        letter.received_at,
        written_at,
        letter.reason,
        letter.fingerprint,
        msgspec.msgpack.encode(without_body(letter)),
    )
