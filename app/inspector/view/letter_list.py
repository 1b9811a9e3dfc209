"""Dead letters of the view: by what they have in common, and one by one."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator

import msgspec

from app.inspector.view.row_list import BadCursor
from app.read.dead_letters import Group, Letter

# The newest of those that are open, where one is: SQLite takes the other columns from the row that
# has the maximum.
_GROUPS = """
SELECT letter, max((1 - closed) * (1 << 60) + coalesce(received_at, 0)),
    sum(NOT closed) AS still_open, sum(closed)
FROM letter GROUP BY fingerprint ORDER BY still_open > 0 DESC, received_at DESC, still_open DESC
"""
_TOUCHED = """
SELECT min(received_at), json_group_array(DISTINCT source),
    count(DISTINCT iif(key LIKE source || '/conversation/%', key, NULL)),
    count(DISTINCT iif(key LIKE source || '/call/%', key, NULL)),
    count(DISTINCT iif(key LIKE source || '/contact/%', key, NULL))
FROM letter WHERE fingerprint = ? AND closed = ?
"""


_CURSOR = re.compile("([0-9a-f]{1,15})-(.{1,60})")
_decode = msgspec.msgpack.Decoder(Letter).decode


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


class LetterPage(msgspec.Struct, frozen=True, kw_only=True):
    """Letters without headers and body."""

    items: list[Letter]
    next: str | None


def groups(database: sqlite3.Connection) -> list[Group]:
    """By fingerprint, as app.read.dead_letters.groups; which would decode today is not known."""
    return [
        _group(database, _decode(newest), still_open, redriven)
        for newest, _, still_open, redriven in database.execute(_GROUPS)
    ]


def _group(database: sqlite3.Connection, newest: Letter, still_open: int, redriven: int) -> Group:
    told = database.execute(_TOUCHED, (newest.fingerprint, still_open == 0)).fetchone()
    first_seen, sources, *touched = told
    conversations, calls, contacts = touched if still_open else (0, 0, 0)
    return Group(
        fingerprint=newest.fingerprint,
        count=still_open,
        reason=newest.reason,
        vendor=newest.vendor,
        event=newest.event,
        path=newest.path,
        message=newest.message,
        sources=sorted(msgspec.json.decode(sources, type=list[str])),
        first_seen=first_seen,
        last_seen=newest.received_at,
        example=newest.raw,
        conversations=conversations,
        calls=calls,
        contacts=contacts,
        redriven=redriven,
    )


def letters(
    database: sqlite3.Connection, query: LetterQuery, limit: int, cursor: str | None
) -> LetterPage:
    """Those received last first. Raises BadCursor."""
    conditions, values = zip(*_conditions(query, cursor), strict=True)
    found = database.execute(
        f"SELECT letter, closed, copy FROM letter WHERE {' AND '.join(conditions)} "  # noqa: S608
        "ORDER BY coalesce(received_at, 0) DESC, known_by DESC LIMIT ?",
        (*(one for some in values for one in some), limit + 1),
    ).fetchall()
    items = [_letter(*one) for one in found[:limit]]
    last = items[-1] if len(found) > limit else None
    return LetterPage(
        items=items, next=None if last is None else f"{last.received_at or 0:x}-{last.known_by}"
    )


def letter(database: sqlite3.Connection, raw: str) -> Letter | None:
    asked = "SELECT letter, closed, copy FROM letter WHERE known_by = ?"
    found = database.execute(asked, (raw,)).fetchone()
    return None if found is None else _letter(*found)


def _conditions(
    query: LetterQuery, cursor: str | None
) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    yield "closed <= ?", (query.closed,)
    for name in ("fingerprint", "reason", "source", "key"):
        value = getattr(query, name)
        if value is not None:
            yield f"{name} = ?", (value,)
    if query.q:
        yield "? IN (known_by, event_id, key, fingerprint)", (query.q,)
    if cursor is not None:
        place = _CURSOR.fullmatch(cursor)
        if place is None:
            raise BadCursor(cursor)
        yield "(coalesce(received_at, 0), known_by) < (?, ?)", (int(place[1], 16), place[2])


def _letter(stored: bytes, closed: int, copy: str) -> Letter:
    return msgspec.structs.replace(_decode(stored), is_closed=bool(closed), copy=copy)
