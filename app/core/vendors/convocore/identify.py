"""Which event of Convocore a body is, and what it is about."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from types import MappingProxyType
from typing import Any, cast

import msgspec

from app.core.undecodable import Undecodable
from app.core.vendors.contract import Identity, Source, Tree
from app.core.vendors.keys import key_id, parse_object, unknown_event
from app.core.webhook import Kind, event_id

_Id = str | int | None

LEAD = "lead_captured"
TEST = "webhook_test"
KEYS: Mapping[str, tuple[Kind, str]] = MappingProxyType(
    {
        "message_received": ("conversation", "convoId"),
        "chat_delegated": ("conversation", "convoId"),
        "form_submitted": ("conversation", "convoId"),
        "bug_reported": ("conversation", "convoId"),
        "client_created": ("contact", "clientId"),
        "client_updated": ("contact", "clientId"),
        "client_deleted": ("contact", "clientId"),
        "agent_created": ("agent", "agentId"),
        "agent_updated": ("agent", "agentId"),
        "agent_deleted": ("agent", "agentId"),
        "organisation_created": ("organisation", "organisationId"),
        "organisation_updated": ("organisation", "organisationId"),
        "organisation_deleted": ("organisation", "organisationId"),
    }
)
_LEAD_NAMES = ("leadEmail", "leadPhone", "leadName")


class _Payload(msgspec.Struct, gc=False):
    """The payload's fields by the vendor's names."""

    convoId: _Id = None
    clientId: _Id = None
    agentId: _Id = None
    organisationId: _Id = None
    leadEmail: str | None = None
    leadPhone: str | None = None
    leadName: str | None = None


class _Body(msgspec.Struct, gc=False):
    type: str | None = None
    payload: _Payload | None = None


_decode = msgspec.json.Decoder(_Body).decode
_NOTHING = _Payload()


def identify(body: bytes, content_type: str, source: Source) -> Identity:
    """See `app.core.vendors.contract.Vendor`. A test's key is its source; a lead's, which has no
    id, is made of its e-mail address, phone number or name.
    """
    try:
        read = _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        read = _loosely(parse_object(body))
    name, payload = read.type, read.payload or _NOTHING
    if not isinstance(name, str):
        raise unknown_event("convocore", name)
    if name in KEYS:
        kind, field = KEYS[name]
        return Identity(type=name, kind=kind, id=key_id(getattr(payload, field), _path(field)))
    if name == LEAD:
        return Identity(type=name, kind="contact", id=_lead_id(payload, body, source))
    if name == TEST:
        return Identity(type=name, kind="test", id=source.name)
    raise unknown_event("convocore", name)


def _loosely(tree: Tree) -> _Body:
    """The same of a body that has a wrong type somewhere: its values are not checked."""
    payload: Any = tree.get("payload")
    found = cast(Tree, payload) if isinstance(payload, dict) else {}
    loose = _Payload(**{field: found.get(field) for field in _Payload.__struct_fields__})
    return _Body(type=tree.get("type"), payload=loose)


def _lead_id(payload: _Payload, body: bytes, source: Source) -> str:
    """No e-mail address or phone number is to be seen in a key, so it is hashed."""
    for field in _LEAD_NAMES:
        value: object = getattr(payload, field)
        if value is not None and not isinstance(value, str):
            raise Undecodable("no_key", "what makes the lead's key is not text", _path(field))
        if value is not None and (known := value.strip().lower()):
            return _lead(known)
    return _lead(event_id(source.name, body))


def _lead(text: str) -> str:
    return "lead-" + blake2b(text.encode(), digest_size=8).hexdigest()


def _path(field: str) -> str:
    return f"$.payload.{field}"
