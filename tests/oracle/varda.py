"""What Varda's webhooks say."""

from __future__ import annotations

import json
from typing import Any

from app.core.webhook import RawRecord
from tests.oracle.reading import (
    ENDED,
    RESOLVED,
    NotDecodable,
    channel,
    closing_word,
    cut,
    id_of,
    member,
    number,
    said,
    seconds_as_ms,
    text,
    time,
)


def says(record: RawRecord, body: dict) -> dict | None:
    event, data = text(body, "event"), member(body, "data")
    statement: dict[str, Any] = {"at": time(body, "timestamp"), "account": record.account}
    match event:
        case "conversation.created" | "conversation.resolved" | "conversation.closed":
            return statement | conversation(event, data)
        case "message.created":
            return statement | message(data)
        case "call.started" | "call.ended":
            return statement | call(event, data)
        case "call.outcome_tagged":
            return statement | outcome(data)
        case "contact.created" | "contact.updated":
            return statement | contact_row(data)
    raise NotDecodable(event)


def contact(data: dict) -> dict:
    one = member(data, "contact")
    return said(
        id=id_of(one), name=text(one, "name"), email=text(one, "email"), phone=text(one, "phone")
    )


def attribution(data: dict) -> dict:
    found = {}
    for name, value in member(data, "attribution").items():
        if value is not None:
            found[f"attribution.{name}"] = value if isinstance(value, str) else json.dumps(value)
    return found


def conversation(event: str, data: dict) -> dict:
    word = cut(text(data, "status"))
    statement: dict[str, Any] = {
        "row": "conversation",
        "created": time(data, "created_at"),
        "values": said(
            priority=text(data, "priority"), channel=channel(text(data, "channel_type"))
        ),
        "attributes": attribution(data),
        "people": {"contact": contact(data)},
    }
    if event == "conversation.resolved":
        at = time(data, "resolved_at") or time(data, "updated_at")
        statement["status"] = {"word": closing_word(word, RESOLVED), "at": at}
    elif event == "conversation.closed":
        at = time(data, "closed_at") or time(data, "updated_at")
        statement["status"] = {"word": closing_word(word, ENDED), "at": at}
    elif word is not None:
        statement["status"] = {"word": word, "at": None}
    return statement


def message(data: dict) -> dict:
    statement: dict[str, Any] = {"row": "conversation", "people": {"contact": contact(data)}}
    direction = text(data, "direction")
    automated = text(data, "sender_type") in ("bot", "system")
    if automated or direction in ("inbound", "outbound"):
        statement["message"] = {
            "id": id_of(data),
            "class": "automated" if automated else direction,
            "at": time(data, "created_at") or "event time",
            "text": text(data, "content"),
            "content_type": text(data, "message_type"),
        }
    return statement


def call(event: str, data: dict) -> dict:
    started_at, ended_at = time(data, "started_at"), time(data, "ended_at")
    statement: dict[str, Any] = {
        "row": "call",
        "values": said(
            status=text(data, "status"),
            direction=text(data, "direction"),
            from_number=text(data, "from_number"),
            to_number=text(data, "to_number"),
        ),
        "attributes": attribution(data),
        "people": {"contact": contact(data)},
        "started_at": started_at,
    }
    if event == "call.started":
        statement["started_at"] = started_at or "event time"
    else:
        statement["answered_at"] = time(data, "answered_at")
        statement["ended_at"] = ended_at or "event time"
        statement["values"] |= said(
            total_ms=seconds_as_ms(data, "duration_seconds"), disposition=text(data, "disposition")
        )
    return statement


def outcome(data: dict) -> dict:
    money = ("estimated_value_cents", "actual_value_cents", "revenue_cents")
    return {
        "row": "call",
        "outcome": {
            "id": id_of(data),
            "type": cut(text(data, "outcome_type")),
            **{name: number(data, name) for name in money},
            "notes": cut(text(data, "notes"), 1024),
        },
    }


def contact_row(data: dict) -> dict:
    one = data if data.get("id") is not None else member(data, "contact")
    return {
        "row": "contact",
        "created": time(data, "created_at"),
        "values": said(
            type="contact",
            name=text(one, "name"),
            email=text(one, "email"),
            phone=text(one, "phone"),
        ),
    }
