"""What the view knows of a row without decoding all of it: what it is found, filtered and counted
by.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from app.core.projection import Table
from app.inspector.view.folding import digits, folded, is_number
from app.inspector.view.grams import facet, pairs

_DEAD = facet("dead", "")

_COMMON = ("source", "vendor", "phase", "updated_at", "events", "duplicates", "late")
_CONTACT = ("contact.id", "contact.name", "contact.email", "contact.handle", "contact.phone")
FIELDS: dict[Table, tuple[str, ...]] = {
    "conversation": (
        *_COMMON,
        *("conversation_id", "channel", "last_message_at", "last_message.text"),
        *("assignee.id", "assignee.name", "assignee.email"),
        *_CONTACT,
    ),
    "call": (
        *_COMMON,
        *("call_id", "from_number", "to_number"),
        *("agent.id", "agent.name", "agent.email"),
        *_CONTACT,
    ),
    "contact": (
        *_COMMON,
        *("contact_id", "name", "email", "handle", "phone"),
        *("organisation_id", "organisation_name"),
    ),
}
"""What is read of a row, by its Avro names."""


class Indexed(NamedTuple):
    """`quiet_since` is an active conversation's last message (or update). `doc` is what the index
    holds of it: facets, a line break, text. Times in microseconds.
    """

    updated_at: int
    source: str
    vendor: str
    phase: str
    events: int
    duplicates: int
    late: int
    quiet_since: int | None
    doc: str

    def with_letters(self) -> Indexed:
        """Of a row that has open dead letters."""
        return self._replace(doc=_DEAD + self.doc)

    def without_letters(self) -> Indexed:
        return self._replace(doc=self.doc.removeprefix(_DEAD))


def indexed(table: Table, id: str, values: Sequence[Any]) -> Indexed:
    """Of a row that has no open dead letters, by its key's id and the values of its FIELDS."""
    source, vendor, phase, updated_at, events, duplicates, late, *own = values
    quiet = channel = None
    if table == "conversation":
        quiet = (own[2] or updated_at) if phase == "active" else None
        channel = own[1]
    who = own[_PERSON[table]]
    facets = _facets(table, source, vendor, phase, late > 0, duplicates > 0, channel, *who)
    text = folded("\n".join(_LINES[table](id, own)))
    doc = f"{facets}\n{text}" if text.isascii() else f"{facets}{pairs(text)}\n{text}"
    return Indexed(updated_at or 0, source, vendor, phase, events, duplicates, late, quiet, doc)


@lru_cache(maxsize=65_536)
def _facets(
    table: Table,
    source: str,
    vendor: str,
    phase: str,
    late: bool,
    duplicates: bool,
    channel: str | None,
    *who: str | None,
) -> str:
    """Most rows have theirs in common with many."""
    given = {"table": table, "source": source, "vendor": vendor, "phase": phase}
    found = [facet(name, value) for name, value in given.items()]
    found += [facet("late", "")] * late + [facet("duplicates", "")] * duplicates
    found += [] if channel is None else [facet("channel", channel)]
    found += [facet("assignee", said) for said in sorted({one for one in who if one is not None})]
    return "".join(found)


_NOBODY = slice(0, 0)
_PERSON: dict[Table, slice] = {
    "conversation": slice(4, 7),
    "call": slice(3, 6),
    "contact": _NOBODY,
}


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
