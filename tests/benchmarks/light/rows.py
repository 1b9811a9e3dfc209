"""A light row: a conversation, call or contact, without what makes it right in any order."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypedDict

from tests.benchmarks.light.events import Person

REMEMBERED = 32  # event ids that a row recognises duplicates by
RECENT = 8
ID = 8


class Message(TypedDict):
    id: int
    direction: str | None
    text: str
    at: datetime


class Outcome(TypedDict):
    id: int
    type: str | None
    revenue_cents: int | None


class Row(TypedDict):
    id: int
    phase: str
    status: str | None
    channel: str | None
    direction: str | None
    disposition: str | None
    contact: Person | None
    created_at: datetime
    updated_at: datetime
    events: int
    duplicates: int
    late: int
    inbound: int
    outbound: int
    automated: int
    total_ms: int | None
    recent: list[Message]
    outcomes: list[Outcome]
    offset: int
    seen: bytes


def new_row(id: int, at: datetime) -> Row:
    return {
        "id": id,
        "phase": "created",
        "status": None,
        "channel": None,
        "direction": None,
        "disposition": None,
        "contact": None,
        "created_at": at,
        "updated_at": at,
        "events": 0,
        "duplicates": 0,
        "late": 0,
        "inbound": 0,
        "outbound": 0,
        "automated": 0,
        "total_ms": None,
        "recent": [],
        "outcomes": [],
        "offset": -1,
        "seen": b"",
    }


def fold(row: Row, kind: str, event: Any, event_id: bytes, offset: int) -> bool:
    """Take an event into its row. False where it is a duplicate."""
    row["offset"] = offset
    seen = row["seen"]
    if any(seen[at : at + ID] == event_id for at in range(0, len(seen), ID)):
        row["duplicates"] += 1
        return False
    row["seen"] = seen[-ID * (REMEMBERED - 1) :] + event_id
    row["events"] += 1
    at, data = event["timestamp"], event["data"]
    if at >= row["updated_at"]:
        row["updated_at"] = at
        row["contact"] = data.get("contact") or row["contact"]
        for field in ("status", "direction", "disposition"):
            row[field] = data.get(field) or row[field]
        row["channel"] = data.get("channel_type") or row["channel"]
    else:
        row["late"] += 1
        row["created_at"] = min(row["created_at"], at)
    _HOW[kind](row, at, data)
    return True


def _message(row: Row, at: datetime, data: Any) -> None:
    direction = data["direction"]
    if data.get("sender_type") in ("bot", "system"):
        row["automated"] += 1
    elif direction == "inbound":
        row["inbound"] += 1
    else:
        row["outbound"] += 1
    text = (data["content"] or "")[:280]
    said: Message = {"id": data["id"], "direction": direction, "text": text, "at": at}
    row["recent"] = sorted([*row["recent"], said], key=_at)[-RECENT:]
    if row["phase"] == "created":
        row["phase"] = "active"


def _at(message: Message) -> datetime:
    return message["at"]


def _conversation(row: Row, at: datetime, data: Any) -> None:
    if data["status"] in ("resolved", "closed"):
        row["phase"] = "resolved" if data["status"] == "resolved" else "ended"


def _call(row: Row, at: datetime, data: Any) -> None:
    row["phase"] = "ended" if data.get("ended_at") else "started"
    seconds = data.get("duration_seconds")
    if seconds is not None:
        row["total_ms"] = int(seconds * 1000)


def _tag(row: Row, at: datetime, data: Any) -> None:
    others = [one for one in row["outcomes"] if one["id"] != data["id"]]
    revenue = data["revenue_cents"]
    row["outcomes"] = [
        *others,
        {"id": data["id"], "type": data["outcome_type"], "revenue_cents": revenue},
    ]
    row["phase"] = "tagged"


def _contact(row: Row, at: datetime, data: Any) -> None:
    row["contact"] = data


_HOW = {
    "varda.conversation.created": _conversation,
    "varda.conversation.resolved": _conversation,
    "varda.conversation.closed": _conversation,
    "varda.message.created": _message,
    "varda.call.started": _call,
    "varda.call.ended": _call,
    "varda.call.outcome_tagged": _tag,
    "varda.contact.created": _contact,
    "varda.contact.updated": _contact,
}
