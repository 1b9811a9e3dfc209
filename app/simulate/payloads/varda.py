"""Varda: `{event, timestamp, data}`, signed by a header."""

# ruff: noqa: PLR0913  (a builder names every field that a test may want to set)

from __future__ import annotations

from typing import Any, Literal

from app.simulate.cast import JANE, Customer
from app.simulate.spelling import iso

Tree = dict[str, Any]

AD: Tree = {
    "source": "google_ads",
    "medium": "cpc",
    "campaign": "spring-sale",
    "landing_page": "https://example.com/services",
    "type": "session",
}


def _event(event: str, at: int, data: Tree, more: Tree | None) -> Tree:
    return {"event": event, "timestamp": iso(at), "data": data | (more or {})}


def customer(who: Customer) -> Tree:
    return {"id": who.id, "name": who.name, "email": who.email, "phone": who.phone}


def conversation(
    event: Literal["created", "resolved", "closed"],
    id: int,
    at: int,
    *,
    status: str | None = None,
    channel: str = "webchat",
    priority: str = "high",
    who: Customer = JANE,
    created_at: int | None = None,
    attribution: Tree | None = AD,
    more: Tree | None = None,
) -> Tree:
    """conversation.created, .resolved, .closed. A resolved or closed one states when, by
    `<event>_at`, at the event's time; `more` takes it away or moves it.
    """
    data: Tree = {
        "id": id,
        "status": status or ("open" if event == "created" else event),
        "priority": priority,
        "channel_id": 5,
        "channel_type": channel,
        "contact": customer(who),
    }
    if attribution is not None:
        data["attribution"] = attribution
    data["created_at"] = iso(at if created_at is None else created_at)
    data["updated_at"] = iso(at)
    if event != "created":
        data[f"{event}_at"] = iso(at)
    return _event(f"conversation.{event}", at, data, more)


def message(
    conversation_id: int,
    id: int,
    at: int,
    *,
    direction: str = "inbound",
    sender: Literal["contact", "user", "bot", "system"] | None = None,
    text: str = "Hi, I'd like to schedule a service appointment.",
    kind: str = "text",
    channel: str = "webchat",
    who: Customer = JANE,
    created_at: int | None = None,
    attribution: Tree | None = AD,
    more: Tree | None = None,
) -> Tree:
    """message.created. The sender is by default the one that the direction suggests."""
    sender = sender or ("contact" if direction == "inbound" else "user")
    data: Tree = {
        "id": id,
        "conversation_id": conversation_id,
        "direction": direction,
        "sender_type": sender,
        "sender_name": who.name if sender == "contact" else sender,
        "content": text,
        "message_type": kind,
        "channel_type": channel,
        "contact": customer(who),
    }
    if attribution is not None:
        data["attribution"] = attribution
    data["created_at"] = iso(at if created_at is None else created_at)
    return _event("message.created", at, data, more)


def call(
    event: Literal["started", "ended"],
    id: int,
    at: int,
    *,
    started_at: int,
    answered_at: int | None = None,
    direction: str = "inbound",
    status: str | None = None,
    disposition: str = "completed",
    who: Customer = JANE,
    line: str = "+18005551234",
    attribution: Tree | None = AD,
    more: Tree | None = None,
) -> Tree:
    """call.started, call.ended; a call ends at the event's time."""
    caller, called = (who.phone, line) if direction == "inbound" else (line, who.phone)
    data: Tree = {
        "id": id,
        "direction": direction,
        "status": status or ("ended" if event == "ended" else "ringing"),
        "from_number": caller,
        "to_number": called,
        "contact": {"id": who.id, "name": who.name, "phone": who.phone},
    }
    if attribution is not None:
        data["attribution"] = attribution | {"gclid": "CjwKCAjw-9qz", "device_type": "mobile"}
    data["started_at"] = iso(started_at)
    if answered_at is not None:
        data["answered_at"] = iso(answered_at)
    if event == "ended":
        data["duration_seconds"] = (at - started_at) // 1_000_000
        data["disposition"] = disposition
        data["ended_at"] = iso(at)
    return _event(f"call.{event}", at, data, more)


def outcome(
    call_id: int,
    id: int,
    at: int,
    *,
    type: str = "booked",
    estimated_value_cents: int | None = 250_000,
    actual_value_cents: int | None = 0,
    revenue_cents: int | None = 250_000,
    notes: str | None = "Kitchen remodel, scheduled for April",
    who: Customer = JANE,
    more: Tree | None = None,
) -> Tree:
    """call.outcome_tagged: `id` is the tag's own."""
    data: Tree = {
        "id": id,
        "call_session_id": call_id,
        "outcome_type": type,
        "estimated_value_cents": estimated_value_cents,
        "actual_value_cents": actual_value_cents,
        "revenue_cents": revenue_cents,
        "notes": notes,
        "contact": {"id": who.id, "name": who.name, "phone": who.phone},
        "attribution": {"source": "google_ads", "medium": "cpc", "type": "session"},
    }
    return _event("call.outcome_tagged", at, data, more)


def contact(
    event: Literal["created", "updated"],
    at: int,
    *,
    who: Customer = JANE,
    nested: bool = False,
    more: Tree | None = None,
) -> Tree:
    """contact.created, contact.updated; the page prints neither: flat and nested both exist."""
    data = {"contact": customer(who)} if nested else customer(who)
    return _event(f"contact.{event}", at, data, more)
