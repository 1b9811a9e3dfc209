"""The status history of a conversation, and what is derived from it.

The newest distinct points are kept, ordered by (time, event id). A word is resolved, closes, or
means open; walking the history gives the rest.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, Protocol

import msgspec

MOST = 256  # points a row keeps: the newest

Meaning = Literal["open", "resolved", "ended"]
_MEANINGS: dict[str, Meaning] = {
    "resolved": "resolved",
    "closed": "ended",
    "ended": "ended",
    "archived": "ended",
}


EVENT = 8  # bytes of an event id


class Point(msgspec.Struct, gc=False):
    """The vendor's word at a time (microseconds). Never changed; `encoded` is the encoder's."""

    at: int
    status: str
    encoded: str | None = None


class HasHistory(Protocol):
    """The part of a conversation's row that its statuses make."""

    status: str | None
    status_history: list[Point]
    resolved_at: int | None
    ended_at: int | None
    reopened: int


@lru_cache(maxsize=1_024)
def meaning(word: str | None) -> Meaning:
    return _MEANINGS.get((word or "").lower(), "open")


def take_status(row: HasHistory, events: bytearray, point: Point, event: bytes) -> None:
    """Take a point into the history. `events` holds each point's event id (8 bytes), beside it."""
    points = row.status_history
    if not points or (points[-1].at < point.at and len(points) < MOST):
        points.append(point)
        events += event
        _step(row, point)
        return
    by_point = {
        (p.at, p.status): bytes(events[n * EVENT : n * EVENT + EVENT]) for n, p in enumerate(points)
    }
    known = by_point.get((point.at, point.status))
    if known is not None and known >= event:
        return
    by_point[point.at, point.status] = event
    newest = sorted((at, e, status) for (at, status), e in by_point.items())[-MOST:]
    row.status_history = [Point(at, status) for at, _, status in newest]
    events[:] = b"".join(e for _, e, _ in newest)
    _walk(row)


def _walk(row: HasHistory) -> None:
    row.resolved_at = row.ended_at = None
    row.reopened = 0
    for point in row.status_history:
        _step(row, point)


def _step(row: HasHistory, point: Point) -> None:
    """A closing does not end a resolved stretch; an open word ends both."""
    row.status = point.status
    match meaning(point.status):
        case "open":
            row.reopened += row.resolved_at is not None
            row.resolved_at = row.ended_at = None
        case "resolved":
            row.resolved_at = point.at if row.resolved_at is None else row.resolved_at
            row.ended_at = None
        case "ended":
            row.ended_at = point.at if row.ended_at is None else row.ended_at
