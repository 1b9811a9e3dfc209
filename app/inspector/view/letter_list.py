"""Dead letters of the view: by what they have in common, and one by one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from app.inspector.view.row_list import BadCursor
from app.read.dead_letters import Group

_LETTER = """
SELECT raw, partition, offset, closed, key, event_id, source, type, received_at, reason,
    fingerprint, message, path, copy
FROM letter
"""
# The newest of those that are open, where one is: SQLite takes the other columns from the row that
# has the maximum.
_GROUPS = """
SELECT max((1 - closed) * (1 << 60) + coalesce(received_at, 0)) AS newest,
    fingerprint, sum(NOT closed) AS count, reason, type, path, message, received_at AS last_seen,
    raw AS example, sum(closed) AS redriven
FROM letter GROUP BY fingerprint ORDER BY count > 0 DESC, received_at DESC, count DESC
"""
_TOUCHED = """
SELECT min(received_at), json_group_array(DISTINCT source),
    count(DISTINCT iif(key LIKE source || '/conversation/%', key, NULL)),
    count(DISTINCT iif(key LIKE source || '/call/%', key, NULL)),
    count(DISTINCT iif(key LIKE source || '/contact/%', key, NULL))
FROM letter WHERE fingerprint = ? AND closed = ?
"""


class LetterQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Every condition that is given must hold. `q`: an event id, the raw place `partition:offset`
    or the key of one. `closed`: those that were redriven as well.
    """

    fingerprint: str | None = None
    reason: str | None = None
    source: str | None = None
    key: str | None = None
    q: str | None = None
    closed: bool = False


class LetterEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A dead letter without its body; times in microseconds. `raw` is the place of its raw record,
    `partition` and `offset` its own in the topic of dead letters; `copy` the place of the raw
    record that stands in for it once it was redriven (`closed`), else empty.
    """

    raw: str
    partition: int
    offset: int
    closed: bool
    key: str
    event_id: str
    source: str
    type: str
    received_at: int | None
    reason: str
    fingerprint: str
    message: str
    path: str
    copy: str


class LetterPage(msgspec.Struct, frozen=True, kw_only=True):
    items: list[LetterEntry]
    next: str | None


class _Cause(NamedTuple):
    """A row of _GROUPS."""

    newest: int
    fingerprint: str
    still_open: int
    reason: str
    type: str
    path: str
    message: str
    last_seen: int | None
    example: str
    redriven: int


def groups(database: sqlite3.Connection) -> list[Group]:
    """By fingerprint, as app.read.dead_letters.groups; which would decode today is not known."""
    return [_group(database, _Cause(*one)) for one in database.execute(_GROUPS)]


def _group(database: sqlite3.Connection, cause: _Cause) -> Group:
    told = database.execute(_TOUCHED, (cause.fingerprint, cause.still_open == 0)).fetchone()
    first_seen, sources, *touched = told
    conversations, calls, contacts = touched if cause.still_open else (0, 0, 0)
    return Group(
        fingerprint=cause.fingerprint,
        count=cause.still_open,
        reason=cause.reason,
        vendor=cause.type.partition(".")[0],
        event=cause.type.partition(".")[2],
        path=cause.path,
        message=cause.message,
        sources=sorted(msgspec.json.decode(sources, type=list[str])),
        first_seen=first_seen,
        last_seen=cause.last_seen,
        example=cause.example,
        conversations=conversations,
        calls=calls,
        contacts=contacts,
        redriven=cause.redriven,
    )


def letters(
    database: sqlite3.Connection, query: LetterQuery, limit: int, cursor: str | None
) -> LetterPage:
    """Those received last first. Raises BadCursor."""
    conditions, values = zip(*_conditions(query, cursor), strict=True)
    found = database.execute(
        f"{_LETTER} WHERE {' AND '.join(conditions)} "
        "ORDER BY coalesce(received_at, 0) DESC, raw DESC LIMIT ?",
        (*(one for some in values for one in some), limit + 1),
    ).fetchall()
    items = [_entry(one) for one in found[:limit]]
    last = items[-1] if len(found) > limit else None
    return LetterPage(
        items=items, next=None if last is None else f"{last.received_at or 0:x}-{last.raw}"
    )


def letter(database: sqlite3.Connection, raw: str) -> LetterEntry | None:
    found = database.execute(f"{_LETTER} WHERE raw = ?", (raw,)).fetchone()
    return None if found is None else _entry(found)


def _conditions(
    query: LetterQuery, cursor: str | None
) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    yield "closed <= ?", (query.closed,)
    for name in ("fingerprint", "reason", "source", "key"):
        value = getattr(query, name)
        if value is not None:
            yield f"{name} = ?", (value,)
    if query.q:
        yield "? IN (raw, event_id, key, fingerprint)", (query.q,)
    if cursor is not None:
        at, _, raw = cursor.partition("-")
        try:
            yield "(coalesce(received_at, 0), raw) < (?, ?)", (int(at, 16), raw)
        except ValueError:
            raise BadCursor(cursor) from None


def _entry(stored: tuple[object, ...]) -> LetterEntry:
    names = LetterEntry.__struct_fields__
    return msgspec.convert(dict(zip(names, stored, strict=True)), LetterEntry, strict=False)
