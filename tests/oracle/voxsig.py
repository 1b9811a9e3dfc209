"""What Voxsig's webhooks say. Its bodies are snapshots: an explicit null clears a field."""

from __future__ import annotations

import json
from typing import Any

from app.core.webhook import RawRecord, parse_key
from tests.oracle.reading import NotDecodable, channel, cut, id_of, member, text, time_or_never

CONVERSATIONS = (
    "conversation_created",
    "conversation_updated",
    "conversation_status_changed",
    "conversation_opened",
    "conversation_resolved",
    "macro.executed",
)
EVENT_ONLY = (
    "conversation_typing_on",
    "conversation_typing_off",
    "webwidget_triggered",
    "inbox_created",
    "inbox_updated",
)
CLASSES = {"incoming": "inbound", "outgoing": "outbound", "template": "automated"}
NUMBERED = {0: "incoming", 1: "outgoing", 2: "activity", 3: "template"}


def says(record: RawRecord, body: dict) -> dict | None:
    event = text(body, "event") or ""
    if event in EVENT_ONLY:
        return None
    if event in CONVERSATIONS or event.startswith("automation_event."):
        return conversation(record, body)
    if event in ("message_created", "message_updated"):
        return message(record, body, event)
    if event in ("contact_created", "contact_updated"):
        return contact_row(record, body, event)
    raise NotDecodable(event)


def account_and_id(record: RawRecord, id: str | None) -> dict:
    """The key's id is `<account>-<id>`, so the key tells the account."""
    assert id is not None
    return {"id": id, "account": parse_key(record.key).id.removesuffix(f"-{id}")}


def copied(values: dict, tree: dict, **names: str) -> None:
    """Take fields over by another name, nulls too, but nothing that is missing."""
    for name, theirs in names.items():
        if theirs in tree:
            values[name] = cut(id_of(tree, theirs))


def person(one: Any, **names: str) -> dict | None:
    """None is nobody; an empty one says nothing."""
    if one is None:
        return None
    found: dict[str, Any] = {}
    if id_of(one) is not None:
        found["id"] = id_of(one)
    copied(found, one, **names)
    return found


def people(conversation: dict) -> dict:
    found: dict[str, Any] = {}
    meta = member(conversation, "meta")
    if "sender" in meta:
        sender = meta["sender"] and member(meta, "sender")
        found["contact"] = person(
            sender, name="name", email="email", phone="phone_number", handle="identifier"
        )
    if "assignee" in meta:
        assignee = meta["assignee"] and member(meta, "assignee")
        found["assignee"] = person(assignee, name="name", email="email")
    return found


def event_time(conversation: dict) -> int | None:
    return (
        time_or_never(conversation, "updated_at")
        or time_or_never(conversation, "timestamp")
        or time_or_never(conversation, "last_activity_at")
    )


def channel_value(conversation: dict) -> dict:
    if "channel" not in conversation:
        return {}
    return {"channel": channel(text(conversation, "channel"))}


def attributes(body: dict) -> dict:
    return {
        name: value if value is None or isinstance(value, str) else json.dumps(value)
        for name, value in member(body, "custom_attributes").items()
    }


def conversation(record: RawRecord, body: dict) -> dict:
    values: dict[str, Any] = channel_value(body)
    copied(values, body, priority="priority", inbox_id="inbox_id")
    if "labels" in body:
        values["labels"] = [label[:64] for label in body["labels"] or []][:64]
    copied(values, member(body, "inbox"), inbox_name="name")
    meta = member(body, "meta")
    if "team" in meta:
        values["team"] = text(member(meta, "team"), "name")
    statement = {
        "row": "conversation",
        "at": event_time(body),
        "created": time_or_never(body, "created_at"),
        "values": values,
        "attributes": attributes(body),
        "people": people(body),
    }
    word = text(body, "status")
    for change in body.get("changed_attributes") or []:
        if word is None and "status" in change:
            word = change["status"]["current_value"]
    if word is not None:
        statement["status"] = {"word": word, "at": None}
    return statement | account_and_id(record, id_of(body))


def message(record: RawRecord, body: dict, event: str) -> dict:
    around = member(body, "conversation")
    values = channel_value(around)
    copied(values, around, inbox_id="inbox_id")
    copied(values, member(body, "inbox"), inbox_id="id", inbox_name="name")
    created_at = time_or_never(body, "created_at")
    updated = event == "message_updated"
    at = time_or_never(body, "updated_at") or event_time(around) if updated else created_at
    statement = {
        "row": "conversation",
        "at": at,
        "values": values,
        "people": people(around),
        "message": {
            "id": id_of(body),
            "class": message_class(body),
            "at": created_at if updated else created_at or "event time",
            "text": text(body, "content"),
            "content_type": text(body, "content_type"),
            "update": updated,
        },
    }
    return statement | account_and_id(record, id_of(around))


def message_class(body: dict) -> str:
    if body.get("private") is True:
        return "note"
    kind = body["message_type"]
    kind = NUMBERED.get(kind, kind)
    if kind == "outgoing" and member(body, "sender").get("type") == "agent_bot":
        return "automated"
    return CLASSES.get(kind, kind)


def contact_row(record: RawRecord, body: dict, event: str) -> dict:
    values: dict[str, Any] = {"type": "contact"}
    copied(values, body, name="name", email="email", phone="phone_number", handle="identifier")
    at = None
    if event == "contact_updated":
        for change in body.get("changed_attributes") or []:
            if "updated_at" in change:
                at = time_or_never(change["updated_at"], "current_value")
    statement = {
        "row": "contact",
        "at": at,
        "values": values,
        "attributes": attributes(body),
        "oldest": event == "contact_created",
    }
    return statement | account_and_id(record, id_of(body))
