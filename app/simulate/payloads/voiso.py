"""Voiso: two envelopes of one event, the secret in the body; a form (GET) of Call Notify; two
records without an envelope.
"""

# ruff: noqa: PLR0913  (a builder names every field that a test may want to set)

from __future__ import annotations

from typing import Any, Literal
from urllib.parse import quote_plus

from app.simulate.cast import JANE, MARY, Agent, Customer
from app.simulate.spelling import SECOND, iso, unix_float

Tree = dict[str, Any]
CallKind = Literal["inbound", "outbound", "dialer"]

CENTRE = "187abc75-3008-44e3-5555-aa0abc12yt70"
_WAITING = {"inbound": "queue_time", "outbound": "dialing_time", "dialer": "dialer_waiting"}


def _event(event: str, at: int, object: str, data: Tree, centre: str) -> Tree:
    return {
        "event": event,
        "object": object,
        "timestamp": iso(at),
        "secret": "***",
        "contact_center_id": centre,
        "data": data,
    }


def older(body: Tree) -> Tree:
    """The same webhook in the 2024 envelope: `{name, event, entity, timestamp, key, payload}`,
    its time with `+0000`. It says no contact centre.
    """
    return {
        "name": str(body["event"]).replace(".", "_"),
        "event": body["event"],
        "entity": body["object"],
        "timestamp": str(body["timestamp"]).replace("Z", "+0000"),
        "key": "***",
        "payload": body["data"],
    }


def query(body: Tree) -> bytes:
    """The same webhook as a GET's query string: nested fields by their last name."""
    pairs: list[tuple[str, str]] = []
    _flatten({name: value for name, value in body.items() if name != "data"}, pairs)
    _flatten(body["data"], pairs)
    return "&".join(f"{name}={quote_plus(value, safe='*')}" for name, value in pairs).encode()


def _flatten(tree: Tree, pairs: list[tuple[str, str]]) -> None:
    for name, value in tree.items():
        if isinstance(value, dict):
            _flatten(value, pairs)
        else:
            pairs.append((name, "null" if value is None else str(value)))


def customer(who: Customer) -> Tree:
    return {"id": who.id, "username": who.name, "channel_identifier": who.handle}


def agent(by: Agent) -> Tree:
    return {"id": by.id, "name": by.name, "email": by.email, "extension": by.extension}


def message(
    event: Literal["received", "sent"],
    conversation_id: str,
    id: str,
    at: int,
    *,
    text: str = "Hi, can you help me with my request, please.",
    channel: str = "chat",
    who: Customer = JANE,
    by: Agent | None = MARY,
    centre: str = CENTRE,
    more: Tree | None = None,
) -> Tree:
    """message.received, message.sent."""
    data: Tree = {
        "id": id,
        "reference_id": None,
        "content_type": "text",
        "content_data": {"text": text},
        "status": "accepted" if event == "received" else "sent",
        "conversation_id": conversation_id,
    }
    if event == "sent":
        data["error_message"] = None
    if by is not None:
        data["agent"] = agent(by)
    data["contact"] = customer(who)
    data["channel"] = {"id": "ab5ba051-a8fc-5555", "type": channel, "name": "premium support"}
    return _event(f"message.{event}", at, "message", data | (more or {}), centre)


def conversation_ended(
    id: str,
    at: int,
    *,
    channel: str = "instagram",
    wrapup_code: str | None = "Sales Completed",
    disposition: str = "archived",
    queue: str = "Omnichannel queue",
    who: Customer = JANE,
    centre: str = CENTRE,
    more: Tree | None = None,
) -> Tree:
    """conversation.ended."""
    data: Tree = {
        "id": id,
        "wrapup_code": wrapup_code,
        "queue": queue,
        "disposition": disposition,
        "source": "user",
        "sla": {"time_to_first_response": 4, "time_to_resolution": 14, "time_to_reply": 8},
        "cpc": 0.04,
        "contact": customer(who),
        "channel": {"id": "4422cc29-8f43-4d2e", "type": channel, "name": "Sales"},
    }
    return _event("conversation.ended", at, "conversation", data | (more or {}), centre)


def call(
    event: Literal["answered", "hangup", "ended"],
    kind: CallKind | None,
    id: str,
    at: int,
    *,
    started_at: int,
    answered_at: int | None = None,
    talked: int = 0,
    by: Agent | None = MARY,
    who: Customer = JANE,
    line: str = "18005551234",
    wrapup_code: str | None = None,
    disposition: str = "answered",
    centre: str = CENTRE,
    more: Tree | None = None,
) -> Tree:
    """`{kind}.call.{event}`; kind None is the bare `call.ended`. `talked` in seconds."""
    incoming = kind in ("inbound", None)
    waited = (at if answered_at is None else answered_at) - started_at
    duration: Tree = {"total": (at - started_at) // SECOND}
    duration[_WAITING[kind or "inbound"]] = waited // SECOND
    data: Tree = {
        "id": id,
        "type": kind or "inbound",
        "start_time": iso(started_at),
        "duration": duration,
        "queue": "Sales Queue" if incoming else None,
        "script": "Sales Script",
        "calling_number": who.phone if incoming else line,
        "called_number": line if incoming else who.phone,
        "cdr_url": f"https://cluster1.example.com/cdr/{id[::-1]}",
    }
    if answered_at is not None:
        data["agent_start_time"] = iso(answered_at)
    if kind == "outbound":
        data["ext_user_id"] = "00Q5e00000NslwPEAR"
    if kind == "dialer":
        data["contacts_url"] = f"https://crm.example.com/{who.id}"
    if by is not None:
        data["agent"] = agent(by)
    if kind == "dialer":
        data["campaign"] = {"id": 77, "name": "Spring campaign"}
    if event != "answered":
        duration["talk_time"] = talked
        data["end_time"] = iso(at)
        data["disposition"] = disposition
        data["recording_url"] = f"https://cluster1.example.com/recordings/{id}.mp3"
    if wrapup_code is not None:
        data["wrapup_code"] = wrapup_code
    name = f"call.{event}" if kind is None else f"{kind}.call.{event}"
    return _event(name, at, "call", data | (more or {}), centre)


def user(id: int, at: int, *, by: Agent = MARY, more: Tree | None = None) -> Tree:
    """The 2024 page's example: an envelope whose entity is a user."""
    payload: Tree = {
        "id": id,
        "name": by.name,
        "email": by.email,
        "sip_account": f"{by.extension}@centre.example.com",
        "role_name": "agent",
        "extension": int(by.extension),
        "caller_id": 2594,
        "timezone": "Malaysian Standard Time",
        "webrtc_ringtone": "null",
        "team": ["shift_manager", "quality_management"],
        "skills": ["mandarin", "malay"],
        "queues": ["first_line"],
        "employee_id": 13113,
    }
    return {
        "name": "user_created",
        "event": "inbound.call.hangup",
        "entity": "user",
        "timestamp": iso(at, "+0000"),
        "key": "***",
        "payload": payload | (more or {}),
    }


def webhook_failure(id: str, at: int, *, more: Tree | None = None) -> Tree:
    """The record of deliveries that Voiso gave up on. It carries no secret: for a source that
    does not verify, or with a `secret` that the caller adds.
    """
    failure: Tree = {
        "id": id,
        "event": "call.ended",
        "status": "pending",
        "reason": None,
        "webhook": {"id": "0b97ce11-b6e0-49b4", "name": "CRM call events"},
        "last_attempt_at": iso(at),
        "created_at": iso(at - 45 * 60 * SECOND),
        "updated_at": iso(at),
    }
    return {"webhook_failure": failure} | (more or {})


def retired_record(
    id: str,
    at: int,
    *,
    started_at: int,
    type: str = "inbound",
    disposition: str = "answered",
    who: Customer = JANE,
    more: Tree | None = None,
) -> Tree:
    """The retired bare call record: no event, no secret; times in seconds with a fraction."""
    return {
        "uuid": id,
        "agent_extension": "111",
        "start_time": unix_float(started_at),
        "end_time": unix_float(at),
        "type": type,
        "duration": (at - started_at) / SECOND,
        "disposition": disposition,
        "ani": who.phone,
        "dnis": "18885658889",
    } | (more or {})
