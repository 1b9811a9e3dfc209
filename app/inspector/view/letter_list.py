"""Dead letters of the view: by what they have in common, and one by one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import msgspec

from app.inspector.view.row_list import BadCursor
from app.read.dead_letters import Group

_LETTER = """
SELECT raw, partition, offset, closed, key, event_id, source, type, received_at, reason,
    fingerprint, message, path
FROM letter
"""
# SQLite takes the other columns from the row that has the greatest time.
_GROUPS = """
SELECT fingerprint, max(coalesce(received_at, 0)), max(received_at), count(*), reason, type, path,
    message, raw, group_concat(DISTINCT source),
    count(DISTINCT CASE WHEN key LIKE '%/conversation/%' THEN key END),
    count(DISTINCT CASE WHEN key LIKE '%/call/%' THEN key END)
FROM letter WHERE NOT closed GROUP BY fingerprint ORDER BY 2 DESC, 4 DESC, 1
"""
_FIRST = "SELECT fingerprint, min(received_at) FROM letter WHERE NOT closed GROUP BY fingerprint"


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
    `partition` and `offset` its own in the topic of dead letters.
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


class LetterPage(msgspec.Struct, frozen=True, kw_only=True):
    items: list[LetterEntry]
    next: str | None


def groups(database: sqlite3.Connection) -> list[Group]:
    """Open letters by fingerprint, that which was seen last first."""
    first = dict(database.execute(_FIRST).fetchall())
    return [
        Group(
            fingerprint=fingerprint,
            count=count,
            reason=reason,
            vendor=type.partition(".")[0],
            event=type.partition(".")[2],
            path=path,
            message=message,
            sources=sorted(sources.split(",")),
            first_seen=first.get(fingerprint),
            last_seen=last,
            example=raw,
            conversations=conversations,
            calls=calls,
        )
        for (
            fingerprint,
            _,
            last,
            count,
            reason,
            type,
            path,
            message,
            raw,
            sources,
            conversations,
            calls,
        ) in database.execute(_GROUPS)
    ]


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
