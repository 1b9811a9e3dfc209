"""What a row is called, and what is said of it beside its name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

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
