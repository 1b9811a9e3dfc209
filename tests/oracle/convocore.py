"""What Convocore's webhooks say."""

from __future__ import annotations

import re
from typing import Any

from app.core.webhook import RawRecord
from tests.oracle.reading import NotDecodable, channel, id_of, member, said, text, time

CLIENTS = ("client_created", "client_updated", "client_deleted")
EVENT_ONLY = tuple(
    f"{what}_{operation}"
    for what in ("agent", "organisation")
    for operation in ("created", "updated", "deleted")
)


def says(record: RawRecord, body: dict) -> dict | None:
    event, payload = text(body, "type") or "", member(body, "payload")
    if event in (*EVENT_ONLY, "webhook_test"):
        return None
    return {
        "at": time(payload, "createdAt"),
        "account": record.account,
        **what_it_says(record, event, payload),
    }


def what_it_says(record: RawRecord, event: str, payload: dict) -> dict[str, Any]:
    if event == "message_received":
        return message(record, payload)
    if event == "chat_delegated":
        return delegated(payload)
    if event in ("form_submitted", "bug_reported"):
        what = "forms" if event == "form_submitted" else "bugs"
        return {"row": "conversation", "occurrence": what}
    if event == "lead_captured":
        return lead(payload)
    if event in CLIENTS:
        return client(event, payload)
    raise NotDecodable(event)


def message(record: RawRecord, payload: dict) -> dict:
    sender = text(payload, "from")
    is_phone = sender is not None and re.fullmatch(r"\+\d{7,15}", sender)
    return {
        "row": "conversation",
        "values": said(channel=channel(text(payload, "channel"))),
        "attributes": said(agentId=id_of(payload, "agentId"), agentName=text(payload, "agentName")),
        "people": {"contact": said(handle=sender, phone=sender if is_phone else None)},
        "message": {
            "id": record.id,
            "class": "inbound",
            "at": time(payload, "createdAt"),
            "text": text(payload, "messageContent"),
            "content_type": text(payload, "messageType"),
        },
    }


def delegated(payload: dict) -> dict:
    return {
        "row": "conversation",
        "occurrence": "delegations",
        "people": {
            "contact": said(
                name=text(payload, "customerName"),
                email=text(payload, "customerEmail"),
                phone=text(payload, "customerPhone"),
            ),
            "assignee": said(
                id=id_of(payload, "assignedToUserId"),
                name=text(payload, "assignedToUserName"),
                email=text(payload, "assignedToUserEmail"),
            ),
        },
    }


def lead(payload: dict) -> dict:
    return {
        "row": "contact",
        "values": said(
            type="lead",
            name=text(payload, "leadName"),
            email=text(payload, "leadEmail"),
            phone=text(payload, "leadPhone"),
        ),
    }


def client(event: str, payload: dict) -> dict:
    return {
        "row": "contact",
        "values": said(
            type="client",
            name=text(payload, "clientName"),
            email=text(payload, "clientEmail"),
            organisation_id=id_of(payload, "organisationId"),
            organisation_name=text(payload, "organisationName"),
        )
        | {"deleted": event == "client_deleted"},
    }
