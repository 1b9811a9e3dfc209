"""Rows as they might be, made by hand."""

from __future__ import annotations

from typing import Any

from app.core.call import Call
from app.core.contact import Contact
from app.core.conversation import Conversation
from app.core.people import Shown
from app.core.recent_messages import Recent

NOON = 1_780_315_200_000_000  # 2026-06-01T12:00:00Z
MINUTE = 60_000_000
KIND = "varda/conversation/"


def conversation(id: str, at: int = NOON, said: str | None = None, **fields: Any) -> Conversation:
    message = None if said is None else Recent(f"m{id}", "inbound", "text", said, at)
    common: dict[str, Any] = {
        "source": "varda",
        "vendor": "varda",
        "partition": 0,
        "phase": "active",
        "updated_at": at,
        "last_message": message,
        "last_message_at": at if said is not None else None,
    }
    return Conversation(conversation_id=id, **(common | fields))


def call(id: str, at: int = NOON, **fields: Any) -> Call:
    common = {"source": "voiso", "vendor": "voiso", "partition": 0, "phase": "ended"}
    return Call(call_id=id, updated_at=at, **(common | fields))


def contact(id: str, at: int = NOON, **fields: Any) -> Contact:
    common = {"source": "varda", "vendor": "varda", "partition": 0}
    return Contact(contact_id=id, updated_at=at, **(common | fields))


def person(id: str | None = None, **said: str) -> Shown:
    return Shown(id, **said)
