"""Which event of Varda a body is, and what it is about."""

from __future__ import annotations

from typing import Any, cast

import msgspec

from app.core.vendors.contract import Identity, Source, Tree
from app.core.vendors.keys import fitting, key_id, parse_object, unknown_event
from app.core.webhook import Kind

KEYS: dict[str, tuple[Kind, str]] = {
    "conversation.created": ("conversation", "id"),
    "conversation.resolved": ("conversation", "id"),
    "conversation.closed": ("conversation", "id"),
    "message.created": ("conversation", "conversation_id"),
    "call.started": ("call", "id"),
    "call.ended": ("call", "id"),
    "call.outcome_tagged": ("call", "call_session_id"),
    "contact.created": ("contact", "id"),
    "contact.updated": ("contact", "id"),
}


class _Data(msgspec.Struct):
    id: str | int | None = None
    conversation_id: str | int | None = None
    call_session_id: str | int | None = None


class _Body(msgspec.Struct):
    event: str
    data: _Data


_decode = msgspec.json.Decoder(_Body).decode


def identify(body: bytes, content_type: str, source: Source) -> Identity:
    """See `app.core.vendors.contract.Vendor`."""
    try:
        read = _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _identify_tree(parse_object(body))
    key = KEYS.get(read.event)
    if key is not None:
        kind, field = key
        id = getattr(read.data, field)
        if id is not None and id != "":
            return Identity(type=read.event, kind=kind, id=fitting(str(id), f"$.data.{field}"))
    return _identify_tree(parse_object(body))


def _identify_tree(tree: Tree) -> Identity:
    """The rarer bodies: a contact's id may be its enclosed contact's; and what is wrong."""
    event = tree.get("event")
    if not isinstance(event, str) or event not in KEYS:
        raise unknown_event("varda", event)
    kind, field = KEYS[event]
    data = _member(tree, "data")
    if kind == "contact" and data.get("id") is None:
        id = key_id(_member(data, "contact").get("id"), "$.data.contact.id")
    else:
        id = key_id(data.get(field), f"$.data.{field}")
    return Identity(type=event, kind=kind, id=id)


def _member(tree: Tree, name: str) -> Tree:
    member: Any = tree.get(name)
    return cast(Tree, member) if isinstance(member, dict) else {}
