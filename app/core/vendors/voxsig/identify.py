"""Which event of Voxsig a body is, and what it is about.

Ids are unique in an account only, so a key's id is `<account>-<id>`. The account stands in
different places, or nowhere: then it is the configured one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeVar, cast

import msgspec

from app.core.undecodable import Undecodable
from app.core.vendors.contract import Identity, Source, Tree
from app.core.vendors.keys import (
    fitting,
    id_text,
    key_id,
    parse_object,
    unknown_event,
)
from app.core.webhook import Kind

_Id = str | int | None
S = TypeVar("S", bound=msgspec.Struct)

AUTOMATION = "automation_event."
_AUTOMATION = re.compile(re.escape(AUTOMATION) + r"\w{1,64}", re.ASCII)


class _Account(msgspec.Struct, gc=False):
    id: _Id = None


class _Owned(msgspec.Struct, gc=False):
    """A message or a row of working hours: what it says of its inbox and account."""

    account_id: _Id = None
    inbox_id: _Id = None


class _Conversation(msgspec.Struct, gc=False):
    id: _Id = None
    display_id: _Id = None
    account: _Account | None = None
    account_id: _Id = None
    messages: list[_Owned] | None = None


class _Body(msgspec.Struct, gc=False):
    event: str | None = None
    id: _Id = None
    display_id: _Id = None
    account: _Account | None = None
    account_id: _Id = None
    conversation: _Conversation | None = None
    contact: _Account | None = None
    inbox: _Account | None = None
    messages: list[_Owned] | None = None
    working_hours: list[_Owned] | None = None


_decode = msgspec.json.Decoder(_Body).decode
_NO_CONVERSATION = _Conversation()
_NOTHING = _Account()
_NOT_OWNED = _Owned()
_OBJECTS: Mapping[str, type[msgspec.Struct]] = MappingProxyType(
    {"account": _Account, "contact": _Account, "inbox": _Account, "conversation": _Conversation}
)
_LISTS = ("messages", "working_hours")


def identify(body: bytes, content_type: str, source: Source) -> Identity:
    """See `app.core.vendors.contract.Vendor`."""
    try:
        read = _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        read = _loosely(_Body, parse_object(body)) or _Body()
    name = read.event
    if not isinstance(name, str):
        raise unknown_event("voxsig", name)
    about = _ABOUT.get(name)
    if about is None:
        if not _AUTOMATION.fullmatch(name):
            raise unknown_event("voxsig", name)
        about = _ABOUT_CONVERSATION
    kind, find = about
    value, path = find(read)
    id = key_id(value, path)
    return Identity(type=name, kind=kind, id=fitting(f"{_account(read, source)}-{id}", path))


def _account(body: _Body, source: Source) -> str:
    if body.account is not None and (account := id_text(body.account.id)):
        return account
    conversation = body.conversation or _NO_CONVERSATION
    for value in (
        (conversation.account or _NOTHING).id,
        _first(body.messages).account_id,
        body.account_id,
        conversation.account_id,
        _first(conversation.messages).account_id,
        _first(body.working_hours).account_id,
    ):
        if account := id_text(value):
            return account
    if source.account_id is None:
        raise Undecodable("no_key", "neither the body nor the source names an account", "$.account")
    return source.account_id


def _first(owned: list[_Owned] | None) -> _Owned:
    return owned[0] if owned else _NOT_OWNED


_Found = tuple[object, str]


def _own(body: _Body) -> _Found:
    return body.id, "$.id"


def _conversation_itself(body: _Body) -> _Found:
    """`display_id` is the form of 2021."""
    return body.display_id if body.id is None else body.id, "$.id"


def _its_conversation(body: _Body) -> _Found:
    at = body.conversation or _NO_CONVERSATION
    return at.display_id if at.id is None else at.id, "$.conversation.id"


def _its_contact(body: _Body) -> _Found:
    return (body.contact or _NOTHING).id, "$.contact.id"


def _inbox_itself(body: _Body) -> _Found:
    """Chatwoot's own body names an inbox only by its working hours."""
    for value in (body.id, (body.inbox or _NOTHING).id, _first(body.working_hours).inbox_id):
        if value is not None:
            return value, "$.id"
    return None, "$.id"


_ABOUT_CONVERSATION: tuple[Kind, Callable[[_Body], _Found]] = ("conversation", _conversation_itself)
_ABOUT: Mapping[str, tuple[Kind, Callable[[_Body], _Found]]] = MappingProxyType(
    {
        "conversation_created": _ABOUT_CONVERSATION,
        "conversation_updated": _ABOUT_CONVERSATION,
        "conversation_status_changed": _ABOUT_CONVERSATION,
        "conversation_opened": _ABOUT_CONVERSATION,
        "conversation_resolved": _ABOUT_CONVERSATION,
        "macro.executed": _ABOUT_CONVERSATION,
        "message_created": ("conversation", _its_conversation),
        "message_updated": ("conversation", _its_conversation),
        "conversation_typing_on": ("conversation", _its_conversation),
        "conversation_typing_off": ("conversation", _its_conversation),
        "contact_created": ("contact", _own),
        "contact_updated": ("contact", _own),
        "webwidget_triggered": ("contact", _its_contact),
        "inbox_created": ("inbox", _inbox_itself),
        "inbox_updated": ("inbox", _inbox_itself),
    }
)


def _loosely(cls: type[S], tree: Any) -> S | None:
    """The same of a body that has a wrong type somewhere: its values are not checked."""
    if not isinstance(tree, dict):
        return None
    found = cast(Tree, tree)
    return cls(**{name: _loose_value(name, found.get(name)) for name in cls.__struct_fields__})


def _loose_value(name: str, value: Any) -> Any:
    if name in _OBJECTS:
        return _loosely(_OBJECTS[name], value)
    if name in _LISTS:
        first = _loosely(_Owned, value[0]) if isinstance(value, list) and value else None
        return None if first is None else [first]
    return value
