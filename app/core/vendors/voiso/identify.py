"""Which event of Voiso a body is, and what it is about."""

from __future__ import annotations

from typing import Any, cast

import msgspec

from app.core.undecodable import Undecodable
from app.core.vendors.contract import Identity, Source, Tree
from app.core.vendors.keys import fitting, key_id, parse_object, unknown_event
from app.core.vendors.voiso.query import parse_query
from app.core.vendors.voiso.tidy import enveloped
from app.core.webhook import FORM, Kind

USER = "user"
CALL_RECORD = "call.record"
WEBHOOK_FAILURE = "webhook_failure"

CALLS = (
    *(
        f"{how}.call.{what}"
        for how in ("inbound", "outbound", "dialer")
        for what in ("answered", "hangup", "ended")
    ),
    "call.ended",
)
KEYS: dict[str, tuple[Kind, str]] = {
    "message.received": ("conversation", "conversation_id"),
    "message.sent": ("conversation", "conversation_id"),
    "conversation.ended": ("conversation", "id"),
    **dict.fromkeys(CALLS, ("call", "id")),
}
_NO_ID = (None, "", "null")


class _Data(msgspec.Struct):
    id: str | int | None = None
    conversation_id: str | int | None = None


class _Body(msgspec.Struct):
    event: str
    data: _Data
    object: str | None = None
    entity: str | None = None


_decode = msgspec.json.Decoder(_Body).decode


def identify(body: bytes, content_type: str, source: Source) -> Identity:
    """See `app.core.vendors.contract.Vendor`."""
    if content_type == FORM:
        return _identify_tree(enveloped(parse_query(body)))
    try:
        read = _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _identify_tree(enveloped(parse_object(body)))
    key = KEYS.get(read.event)
    if key is not None and USER not in (read.object, read.entity):
        kind, field = key
        id = read.data.id if field == "id" else read.data.conversation_id
        if id not in _NO_ID:
            return Identity(type=read.event, kind=kind, id=fitting(str(id), f"$.data.{field}"))
    return _identify_tree(enveloped(parse_object(body)))


def _identify_tree(tree: Tree) -> Identity:
    """Any envelope, and the two bodies that have none."""
    event = tree.get("event")
    if tree.get("object") == USER:
        return Identity(type=USER, kind="agent", id=_id(tree, "data", "id"))
    if isinstance(event, str) and event in KEYS:
        kind, field = KEYS[event]
        return Identity(type=event, kind=kind, id=_id(tree, "data", field))
    if event is None and "webhook_failure" in tree:
        return Identity(type=WEBHOOK_FAILURE, kind="test", id=_id(tree, "webhook_failure", "id"))
    if event is None and "uuid" in tree:
        return Identity(type=CALL_RECORD, kind="call", id=_key_id(tree["uuid"], "$.uuid"))
    raise unknown_event("voiso", event)


def _id(tree: Tree, member: str, field: str) -> str:
    holder: Any = tree.get(member)
    value = cast(Tree, holder).get(field) if isinstance(holder, dict) else None
    return _key_id(value, f"$.{member}.{field}")


def _key_id(value: object, path: str) -> str:
    if value == "null":
        raise Undecodable("no_key", "the id that makes the key is null, as text", path)
    return key_id(value, path)
