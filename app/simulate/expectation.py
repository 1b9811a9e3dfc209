"""What must come of a story, known from its script and not from any fold.

A row as its script knows it is a part of the row that the worker writes. `differences` compares
the two. The file that `hookline simulate --expect` writes holds one of these as JSON a line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from app.core.facts import MessageClass


class Messages(msgspec.Struct, kw_only=True):
    """Distinct messages by class."""

    inbound: int = 0
    outbound: int = 0
    automated: int = 0
    notes: int = 0
    activity: int = 0

    def add(self, cls: MessageClass) -> None:
        name = "notes" if cls == "note" else cls
        setattr(self, name, getattr(self, name) + 1)


class Expected(msgspec.Struct, kw_only=True, tag_field="table"):
    """Common to the three. `events` counts distinct bodies; `sent_again` the deliveries of a body
    beyond its first. A row that is not `complete` lacks webhooks that the endpoint never took.
    """

    key: str
    phase: str
    events: int = 0
    sent_again: int = 0
    complete: bool = True


class Conversation(Expected, kw_only=True, tag="conversations"):
    """`contact` is a name, `assignee` an id; None where the script leaves it open."""

    phase: str = "created"
    status: str | None = None
    messages: Messages = msgspec.field(default_factory=Messages)
    last_text: str | None = None
    reopened: int = 0
    forms: int = 0
    bugs: int = 0
    delegations: int = 0
    contact: str | None = None
    assignee: str | None = None
    labels: list[str] | None = None


class Call(Expected, kw_only=True, tag="calls"):
    """`outcomes` are the types, in the order of their first tags."""

    phase: str = "started"
    direction: str | None = None
    dialer: bool | None = None
    disposition: str | None = None
    wrapup_code: str | None = None
    total_ms: int | None = None
    contact: str | None = None
    agent: str | None = None
    outcomes: list[str] = []


class Contact(Expected, kw_only=True, tag="contacts"):
    """A contact, client or lead."""

    phase: str = "known"
    type: str = "contact"
    name: str | None = None
    email: str | None = None


AnyExpected = Conversation | Call | Contact
_decode = msgspec.json.Decoder(AnyExpected).decode


def read(lines: Iterator[bytes]) -> Iterator[AnyExpected]:
    """The rows of a file that `hookline simulate --expect` wrote."""
    return (_decode(line) for line in lines if line.strip())


def differences(expected: AnyExpected, row: Mapping[str, Any] | None) -> list[str]:
    """What of a row (by its Avro field names) is not as the script says, a line each.

    Nothing of a row that is not complete is compared. `duplicates` may be more than was sent
    again: a retry whose first answer was lost is one too; never fewer.
    """
    if not expected.complete:
        return []
    if row is None:
        return [f"{expected.key}: there is no row"]
    found = [
        f"{expected.key}: {name} is {actual!r}, expected {wanted!r}"
        for name, wanted, actual in _compared(expected, row)
        if wanted != actual
    ]
    if row["duplicates"] < expected.sent_again:
        found.append(
            f"{expected.key}: duplicates is {row['duplicates']!r}, "
            f"expected at least {expected.sent_again}"
        )
    return found


def _compared(
    expected: AnyExpected, row: Mapping[str, Any]
) -> Iterator[tuple[str, object, object]]:
    yield "events", expected.events, row["events"]
    yield "phase", expected.phase, row["phase"]
    if isinstance(expected, Conversation):
        yield from _conversation(expected, row)
    elif isinstance(expected, Call):
        yield from _call(expected, row)
    else:
        yield "type", expected.type, row["type"]
        yield from _where_known(expected, row, ("name", "email"))


def _conversation(
    expected: Conversation, row: Mapping[str, Any]
) -> Iterator[tuple[str, object, object]]:
    for name in ("status", "reopened", "forms", "bugs", "delegations"):
        yield name, getattr(expected, name), row[name]
    yield "messages", msgspec.to_builtins(expected.messages), dict(row["messages"])
    last = row["last_message"]
    yield "last_message.text", expected.last_text, last and last["text"]
    if expected.contact is not None:
        yield "contact.name", expected.contact, _of(row["contact"], "name")
    if expected.assignee is not None:
        yield "assignee.id", expected.assignee, _of(row["assignee"], "id")
    if expected.labels is not None:
        yield "labels", expected.labels, list(row["labels"] or ())


def _call(expected: Call, row: Mapping[str, Any]) -> Iterator[tuple[str, object, object]]:
    types = [outcome["type"] for outcome in row["outcomes"]]
    yield "outcomes", expected.outcomes, types
    yield "outcome", expected.outcomes[-1] if expected.outcomes else None, row["outcome"]
    known = ("direction", "dialer", "disposition", "wrapup_code", "total_ms")
    yield from _where_known(expected, row, known)
    if expected.contact is not None:
        yield "contact.name", expected.contact, _of(row["contact"], "name")
    if expected.agent is not None:
        yield "agent.id", expected.agent, _of(row["agent"], "id")


def _where_known(
    expected: Expected, row: Mapping[str, Any], names: tuple[str, ...]
) -> Iterator[tuple[str, object, object]]:
    for name in names:
        if (wanted := getattr(expected, name)) is not None:
            yield name, wanted, row[name]


def _of(person: Mapping[str, Any] | None, name: str) -> object:
    return None if person is None else person[name]
