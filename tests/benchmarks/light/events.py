"""Varda's events as types, and the Avro schemas that follow from them."""

from __future__ import annotations

import types
from datetime import datetime
from typing import Any, TypedDict, Union, get_args, get_origin, get_type_hints, is_typeddict


class Person(TypedDict, total=False):
    id: int | None
    name: str | None
    email: str | None
    phone: str | None


class Attribution(TypedDict, total=False):
    source: str | None
    medium: str | None
    campaign: str | None
    landing_page: str | None
    type: str | None
    gclid: str | None
    device_type: str | None


class About(TypedDict, total=False):
    contact: Person | None
    attribution: Attribution | None
    created_at: datetime | None
    updated_at: datetime | None


class ConversationData(About, total=False):
    id: int | None
    status: str | None
    priority: str | None
    channel_id: int | None
    channel_type: str | None
    resolved_at: datetime | None
    closed_at: datetime | None


class MessageData(About, total=False):
    id: int | None
    conversation_id: int | None
    direction: str | None
    sender_type: str | None
    sender_name: str | None
    content: str | None
    message_type: str | None
    channel_type: str | None


class CallData(About, total=False):
    id: int | None
    direction: str | None
    status: str | None
    from_number: str | None
    to_number: str | None
    started_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    duration_seconds: float | None
    disposition: str | None


class TagData(About, total=False):
    id: int | None
    call_session_id: int | None
    outcome_type: str | None
    estimated_value_cents: int | None
    actual_value_cents: int | None
    revenue_cents: int | None
    notes: str | None


class ConversationEvent(TypedDict):
    event: str
    timestamp: datetime
    data: ConversationData


class MessageEvent(TypedDict):
    event: str
    timestamp: datetime
    data: MessageData


class CallEvent(TypedDict):
    event: str
    timestamp: datetime
    data: CallData


class TagEvent(TypedDict):
    event: str
    timestamp: datetime
    data: TagData


class ContactEvent(TypedDict):
    event: str
    timestamp: datetime
    data: Person


EVENTS: dict[str, Any] = {
    "varda.conversation.created": ConversationEvent,
    "varda.conversation.resolved": ConversationEvent,
    "varda.conversation.closed": ConversationEvent,
    "varda.message.created": MessageEvent,
    "varda.call.started": CallEvent,
    "varda.call.ended": CallEvent,
    "varda.call.outcome_tagged": TagEvent,
    "varda.contact.created": ContactEvent,
    "varda.contact.updated": ContactEvent,
}
"""By the type that the raw record's header says."""

_PLAIN: dict[Any, Any] = {
    str: "string",
    int: "long",
    float: "double",
    bytes: "bytes",
    datetime: {"type": "long", "logicalType": "timestamp-micros"},
}


def avro_of(kind: Any, named: set[str] | None = None) -> Any:
    """The Avro schema of a type; a field that may be missing may be null, too."""
    named = set() if named is None else named
    if kind in _PLAIN:
        return _PLAIN[kind]
    if get_origin(kind) is list:
        return {"type": "array", "items": avro_of(get_args(kind)[0], named)}
    if get_origin(kind) in (Union, types.UnionType):
        [kind] = (one for one in get_args(kind) if one is not type(None))
        return ["null", avro_of(kind, named)]
    assert is_typeddict(kind), kind
    if kind.__name__ in named:
        return kind.__name__
    named.add(kind.__name__)
    fields: list[dict[str, Any]] = []
    for name, of in get_type_hints(kind).items():
        field = {"name": name, "type": avro_of(of, named)}
        fields.append(field if name in kind.__required_keys__ else {**field, "default": None})
    return {"type": "record", "name": kind.__name__, "fields": fields}
