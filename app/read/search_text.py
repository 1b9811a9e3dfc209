"""What of a row can be searched: whom it is with, whose it is, numbers, ids, the last message. The
inspector's index is made of it, and `state list --q` looks into it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.core.projection import AnyRow, Table
from app.core.webhook import parse_key
from app.read.folding import digits, folded, is_number

_CONTACT = ("contact.id", "contact.name", "contact.email", "contact.handle", "contact.phone")
OWN: dict[Table, tuple[str, ...]] = {
    "conversation": (
        *("conversation_id", "channel", "last_message_at", "last_message.text"),
        *("assignee.id", "assignee.name", "assignee.email"),
        *_CONTACT,
    ),
    "call": (
        *("call_id", "from_number", "to_number"),
        *("agent.id", "agent.name", "agent.email"),
        *_CONTACT,
    ),
    "contact": (
        *("contact_id", "name", "email", "handle", "phone"),
        *("organisation_id", "organisation_name"),
    ),
}
"""By their Avro names, fields that only a row of this table has; some are for filters alone."""


def text_of(table: Table, key: str, row: AnyRow) -> str:
    """Of a row as it is folded; see `search_text`."""
    return search_text(table, parse_key(key).id, [_value(row, name) for name in OWN[table]])


def search_text(table: Table, id: str, own: Sequence[Any]) -> str:
    """Folded, a line each; `id` is the key's, `own` the values of OWN."""
    return folded("\n".join(_LINES[table](id, own)))


def _value(row: AnyRow, name: str) -> Any:
    """None where there is nobody and no message to have it."""
    outer, _, inner = name.partition(".")
    value = getattr(row, outer)
    return getattr(value, inner) if inner and value is not None else value


def _of_conversation(id: str, own: Sequence[Any]) -> list[str]:
    conversation_id, _channel, _at, text, _agent_id, agent_name, agent_email, *contact = own
    lines = [id] if conversation_id in id else [id, conversation_id]
    _add(lines, contact[:4])
    _add_number(lines, contact[4])
    _add(lines, (agent_name, agent_email, text))
    return lines


def _of_call(id: str, own: Sequence[Any]) -> list[str]:
    call_id, from_number, to_number, _agent_id, agent_name, agent_email, *contact = own
    lines = [id] if call_id in id else [id, call_id]
    _add_number(lines, from_number)
    _add_number(lines, to_number)
    _add(lines, contact[:4])
    _add_number(lines, contact[4])
    _add(lines, (agent_name, agent_email))
    return lines


def _of_contact(id: str, own: Sequence[Any]) -> list[str]:
    contact_id, name, email, handle, phone, *organisation = own
    lines = [id] if contact_id in id else [id, contact_id]
    _add(lines, (name, email, handle))
    _add_number(lines, phone)
    _add(lines, organisation)
    return lines


_LINES = {"conversation": _of_conversation, "call": _of_call, "contact": _of_contact}


def _add(lines: list[str], said: Sequence[str | None]) -> None:
    for one in said:
        if one:
            lines.append(one)


def _add_number(lines: list[str], said: str | None) -> None:
    """Its digits; what is no telephone number also as it was said."""
    if said:
        plain = digits(said)
        if plain != said and not is_number(said):
            lines.append(said)
        if plain:
            lines.append(plain)
