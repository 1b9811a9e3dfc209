"""What Voiso's webhooks say."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

from app.core.webhook import FORM, RawRecord
from tests.oracle.reading import (
    NotDecodable,
    channel,
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
    body = without_null_text(body)
    if "uuid" in body and "event" not in body:
        return retired_record(record, body)
    if "webhook_failure" in body and "event" not in body:
        return None
    # the 2024 envelope: {name, event, entity, timestamp, key, payload}
    data = member(body, "data") or member(body, "payload")
    if body.get("object", body.get("entity")) == "user":
        return None
    event = text(body, "event") or ""
    statement: dict[str, Any] = {
        "at": time(body, "timestamp"),
        "account": cut(text(body, "contact_center_id")) or record.account,
    }
    if event in ("message.received", "message.sent"):
        return statement | message(event, data)
    if event == "conversation.ended":
        return statement | conversation_ended(data)
    if event.endswith((".answered", ".hangup", ".ended")) and "call." in event:
        return statement | call(event, data)
    raise NotDecodable(event)


def without_null_text(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_null_text(inner) for name, inner in value.items()}
    return None if value == "null" else value


def contact(data: dict) -> dict:
    one = member(data, "contact")
    return said(id=id_of(one), name=text(one, "username"), handle=text(one, "channel_identifier"))


def agent(data: dict) -> dict:
    one = member(data, "agent")
    return said(
        id=id_of(one),
        name=text(one, "name"),
        email=text(one, "email"),
        extension=id_of(one, "extension"),
    )


def message(event: str, data: dict) -> dict:
    words = said(channel=channel(text(member(data, "channel"), "type")))
    return {
        "row": "conversation",
        "values": words,
        "people": {"contact": contact(data), "assignee": agent(data)},
        "message": {
            "id": id_of(data),
            "class": "inbound" if event == "message.received" else "outbound",
            "at": "event time",
            "text": text(member(data, "content_data"), "text"),
            "content_type": text(data, "content_type"),
        },
    }


def conversation_ended(data: dict) -> dict:
    sla = member(data, "sla")
    attributes = {f"sla.{name}": plain(number(sla, name)) for name in sla}
    attributes |= {"cpc": plain(number(data, "cpc")), "source": text(data, "source")}
    return {
        "row": "conversation",
        "values": said(
            channel=channel(text(member(data, "channel"), "type")),
            wrapup_code=text(data, "wrapup_code"),
            disposition=text(data, "disposition"),
            queue=text(data, "queue"),
        ),
        "attributes": said(**attributes),
        "people": {"contact": contact(data)},
        "status": {"word": "ended", "at": None},
    }


def plain(value: float | None) -> str | None:
    """4 and 4.0 are 4."""
    if value is None:
        return None
    return str(int(value)) if value == int(value) else str(value)


def call(event: str, data: dict) -> dict:
    kind = event.removesuffix(".answered").removesuffix(".hangup").removesuffix(".ended")
    kind = kind.removesuffix("call").rstrip(".") or text(data, "type")
    duration = member(data, "duration")
    waited = [
        ms
        for name in ("queue_time", "dialing_time", "dialer_waiting")
        if (ms := seconds_as_ms(duration, name)) is not None
    ]
    campaign = member(data, "campaign")
    values = said(
        from_number=text(data, "calling_number"),
        to_number=text(data, "called_number"),
        queue=text(data, "queue"),
        script=text(data, "script"),
        campaign=text(campaign, "name"),
        cdr_url=cut(text(data, "cdr_url"), 2048),
        total_ms=seconds_as_ms(duration, "total"),
        waiting_ms=waited[0] if waited else None,
    )
    values |= direction(kind)
    answered_at = time(data, "agent_start_time")
    ended_at = None
    if event.endswith(".answered"):
        answered_at = answered_at or "event time"
    else:
        ended_at = time(data, "end_time") or "event time"
        values |= said(
            talk_ms=seconds_as_ms(duration, "talk_time"),
            disposition=text(data, "disposition"),
            wrapup_code=text(data, "wrapup_code"),
            recording_url=cut(text(data, "recording_url"), 2048),
        )
    return {
        "row": "call",
        "values": values,
        "attributes": said(
            ext_user_id=id_of(data, "ext_user_id"), contacts_url=text(data, "contacts_url")
        ),
        "people": {"agent": agent(data)},
        "started_at": time(data, "start_time"),
        "answered_at": answered_at,
        "ended_at": ended_at,
    }


def direction(kind: str | None) -> dict:
    if kind == "dialer":
        return {"direction": "outbound", "dialer": True}
    if kind in ("inbound", "outbound"):
        return {"direction": kind, "dialer": False}
    return {}  # a callback has none


def retired_record(record: RawRecord, body: dict) -> dict:
    started_at, ended_at = time(body, "start_time"), time(body, "end_time")
    return {
        "row": "call",
        "at": ended_at or started_at,
        "account": record.account,
        "values": direction(text(body, "type"))
        | said(
            disposition=text(body, "disposition"),
            from_number=text(body, "ani"),
            to_number=text(body, "dnis"),
            total_ms=seconds_as_ms(body, "duration"),
        ),
        "started_at": started_at,
        "ended_at": ended_at,
    }


def parse(record: RawRecord) -> dict:
    """A Call Notify that came as a GET names nested fields by their last name."""
    if record.content_type != FORM:
        return json.loads(record.body)
    first: dict[str, str] = {}
    for name, value in parse_qsl(record.body.decode()):
        first.setdefault(name, value)
    envelope = {"event", "object", "entity", "timestamp", "secret", "key", "contact_center_id"}
    if "entity" in first or "key" in first:
        envelope.add("name")  # the 2024 envelope's own
    body: dict[str, Any] = {name: first.pop(name) for name in envelope if name in first}
    data: dict[str, Any] = {"duration": {}, "agent": {}}
    for name, value in first.items():
        if name in ("total", "queue_time", "dialing_time", "dialer_waiting", "talk_time"):
            data["duration"][name] = value
        elif name in ("name", "email", "extension"):
            data["agent"][name] = value
        else:
            data[name] = value
    return body | {"data": data}
