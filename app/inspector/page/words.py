"""What a row is called, and what is said of it beside its name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from app.core.projection import Table
from app.core.webhook import parse_key
from app.read.avro_json import Plain

Shown = Mapping[str, Plain]
"""A row, or a part of one, as JSON."""

_NAMES = ("name", "handle", "email", "phone")


def title(kind: Table, key: str, row: Shown) -> str:
    """The person it is with, or its numbers, or its id."""
    if kind == "contact":
        return called(row) or parse_key(key).id
    who = called(row.get("contact"))
    if who is not None:
        return who
    if kind == "call" and (row["from_number"] or row["to_number"]):
        return f"{row['from_number'] or 'unknown'} → {row['to_number'] or 'unknown'}"
    return parse_key(key).id


def called(person: Plain | Shown) -> str | None:
    """The best that a person is known by; None where nothing is but an id."""
    if not isinstance(person, Mapping):
        return None
    return next((str(person[name]) for name in _NAMES if person.get(name)), None)


class Gist(msgspec.Struct, frozen=True, kw_only=True):
    """What happened last that matters, and when (ISO). `waits`: somebody waits for an answer."""

    words: str
    at: str
    waits: bool = False


def gist(kind: Table, row: Shown) -> Gist | None:
    """What whoever looks wants to know first."""
    words, at = _happened(kind, row)
    if not words or not isinstance(at, str):
        return None
    return Gist(words=words, at=at, waits=words == _INBOUND)


_INBOUND = "The customer wrote"
_WROTE = {"inbound": _INBOUND, "outbound": "We wrote", "automated": "A bot wrote"}
_SINCE = {
    ("conversation", "created"): ("Created without a message", "created_at"),
    ("conversation", "resolved"): ("Resolved", "resolved_at"),
    ("conversation", "ended"): ("Ended", "ended_at"),
    ("call", "started"): ("Started ringing", "started_at"),
    ("call", "answered"): ("Answered", "answered_at"),
    ("call", "ended"): ("Ended", "ended_at"),
    ("call", "tagged"): ("Ended", "ended_at"),
}


def _happened(kind: Table, row: Shown) -> tuple[str, Plain]:
    last = row.get("last_message")
    if row["phase"] == "active" and isinstance(last, Mapping):
        return _WROTE.get(str(last["direction"]), ""), last["at"]
    words, when = _SINCE.get((kind, str(row["phase"])), ("", "created_at"))
    return words, row[when]


def ways_to(kind: Table, row: Shown) -> str | None:
    """What one person is found by elsewhere: a number or an address, never a name."""
    person = row if kind == "contact" else row.get("contact")
    said: list[Plain] = []
    if isinstance(person, Mapping):
        said = [person.get("phone"), person.get("email")]
    elif kind == "call":
        said = [row["to_number" if row["direction"] == "outbound" else "from_number"]]
    return next((str(one) for one in said if one), None)


def about(kind: Table, row: Shown) -> list[str]:
    return [str(part) for part in _about(kind, row) if part]


def _about(kind: Table, row: Shown) -> Iterator[Plain]:
    match kind:
        case "conversation":
            yield row["channel"]
            yield row["inbox_name"] or row["queue"]
            assignee = called(row["assignee"])
            yield f"assigned to {assignee}" if assignee else "assigned to nobody"
        case "call":
            yield row["direction"]
            yield row["queue"] or row["campaign"]
            agent = called(row["agent"])
            yield f"with {agent}" if agent else None
        case "contact":
            yield row["type"]
            yield row["organisation_name"]
