"""Varda's events as types, and the Avro schemas that follow from them."""

from __future__ import annotations

import types
from datetime import datetime
from typing import Any, TypedDict, Union, get_args, get_origin, get_type_hints, is_typeddict


class Person(TypedDict, total=False):
    id: int
    name: str
    email: str
    phone: str


class Attribution(TypedDict, total=False):
    source: str
    medium: str
    campaign: str
    landing_page: str
    type: str
    gclid: str
    device_type: str


class About(TypedDict, total=False):
    contact: Person
    attribution: Attribution
    created_at: datetime
    updated_at: datetime


class ConversationData(About, total=False):
    id: int
    status: str
    priority: str
    channel_id: int
    channel_type: str
    resolved_at: datetime
    closed_at: datetime


class MessageData(About, total=False):
    id: int
    conversation_id: int
    direction: str
    sender_type: str
    sender_name: str
    content: str
    message_type: str
    channel_type: str


class CallData(About, total=False):
    id: int
    direction: str
    status: str
    from_number: str
    to_number: str
    started_at: datetime
    answered_at: datetime
    ended_at: datetime
    duration_seconds: float
    disposition: str


class TagData(About, total=False):
    id: int
    call_session_id: int
    outcome_type: str
    estimated_value_cents: int
    actual_value_cents: int
    revenue_cents: int
    notes: str


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
    """The Avro schema of a type; fields of a record that may be missing may be null."""
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
        schema = avro_of(of, named)
        if name in kind.__optional_keys__:
            fields.append({"name": name, "type": ["null", schema], "default": None})
        else:
            fields.append({"name": name, "type": schema})
    return {"type": "record", "name": kind.__name__, "fields": fields}
