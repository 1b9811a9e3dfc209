"""Dead letters as JSON, times as ISO text."""

from __future__ import annotations

from typing import Any

from app.core.webhook import iso
from app.read.dead_letters import Group, Letter


def group_json(group: Group) -> dict[str, Any]:
    return {
        "fingerprint": group.fingerprint,
        "count": group.count,
        "redrivable": group.redrivable,
        "redriven": group.redriven,
        "reason": group.reason,
        "vendor": group.vendor,
        "event": group.event,
        "path": group.path,
        "message": group.message,
        "sources": group.sources,
        "first_seen": _iso(group.first_seen),
        "last_seen": _iso(group.last_seen),
        "example": group.example,
        "conversations": group.conversations,
        "calls": group.calls,
        "contacts": group.contacts,
    }


def letter_json(one: Letter) -> dict[str, Any]:
    """All but headers and body."""
    return {
        "raw": one.raw,
        "dead": one.place,
        "open": not one.is_closed,
        "redriven_as": one.copy or None,
        "id": one.id,
        "type": one.type,
        "event": one.event,
        "key": one.key,
        "source": one.source,
        "received_at": _iso(one.received_at),
        "reason": one.reason,
        "path": one.path,
        "message": one.message,
        "fingerprint": one.fingerprint,
    }


def whole_letter_json(one: Letter) -> dict[str, Any]:
    """`body` is the text of it; what is not UTF-8 in it is replaced."""
    return letter_json(one) | {
        "headers": dict(one.headers),
        "body": one.body.decode(errors="replace"),
    }


def _iso(at: int | None) -> str | None:
    return None if at is None else iso(at)
