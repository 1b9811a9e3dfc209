"""A row's greatest size: with everything as long and as often as the caps let it, it fits.

Each text is of characters of four bytes; the people of a role are told of in the way that leaves
the most statements standing: the later, the fewer fields.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.core import attributes, call, cut, people, recent_messages, statuses
from app.core.facts import (
    CallFacts,
    ConversationFacts,
    Facts,
    Message,
    Outcome,
    Person,
    Status,
)
from app.core.projection import Table
from app.kafka.topics import max_message_bytes
from tests.unit.core.folding import RECEIVED, Folding

SMALLEST_BODY = 1_024  # what topics take of it counts twice; a row must fit nevertheless
BEYOND = 2  # as many more than the caps keep


def long(length: int, n: int = 0) -> str:
    """A text of a length, a different one for each `n`."""
    return f"{n:04d}".ljust(length, "\N{GRINNING FACE}")


WORD = long(cut.WORD)
URL = long(cut.URL)


def everyone(fields: Sequence[str]) -> list[Person]:
    """Every statement of every person that a role remembers, and of some that it does not."""
    return [
        Person(id=long(cut.WORD, n), **dict.fromkeys(fields[:said], WORD))
        for n in range(people.MOST + BEYOND)
        for said in range(len(fields), 0, -1)
    ]


def greatest_row(table: Table, facts: list[Facts]) -> bytes:
    folding = Folding()
    key = f"{long(64)}/{table}/{WORD}"
    for n, said in enumerate(facts):
        folding.take(f"event {n}", said, key=key)
    (row,) = folding.rows.rows_written()
    return row.value


def all_attributes() -> list[dict[str, str | None]]:
    return [{long(cut.NAME, n): long(cut.WORD, n)} for n in range(attributes.MOST + BEYOND)]


def at(n: int) -> int:
    return RECEIVED - 10_000 + n


def test_a_conversation_fits() -> None:
    kept = 2 * recent_messages.KEPT  # of each group: more than it keeps
    said: list[dict[str, Any]] = [
        *({"contact": person} for person in everyone(people.FIELDS)),
        *({"assignee": person} for person in everyone(("name", "email"))),
        *({"attributes": each} for each in all_attributes()),
        *({"status": Status(word=long(cut.WORD, n))} for n in range(statuses.MOST + BEYOND)),
        *({"message": message(n, "inbound", at(n))} for n in range(kept)),
        *({"message": message(n, "note", at(n))} for n in range(kept, 2 * kept)),
        *({"message": message(n, "inbound", None)} for n in range(2 * kept, 3 * kept)),
        {"values": {"labels": [long(cut.NAME, n) for n in range(cut.MOST_LABELS)]}},
        {"values": dict.fromkeys(("priority", "inbox_id", "inbox_name", "queue", "team"), WORD)},
        {"values": dict.fromkeys(("wrapup_code", "disposition"), WORD)},
    ]
    facts = [ConversationFacts(at=at(n), **each) for n, each in enumerate(said)]
    row = greatest_row("conversation", list(facts))
    assert 1_000_000 < len(row) < max_message_bytes(SMALLEST_BODY)


def message(n: int, cls: Any, at: int | None) -> Message:
    return Message(id=long(cut.WORD, n), cls=cls, at=at, content_type=WORD, text=long(cut.MESSAGE))


def test_a_call_fits() -> None:
    texts = {name for name in call.VALUES if not name.endswith("_ms")} - {"dialer"}
    urls = {"recording_url", "cdr_url"}
    said: list[dict[str, Any]] = [
        *({"agent": person} for person in everyone(("name", "email", "extension"))),
        *({"contact": person} for person in everyone(("name", "email", "phone"))),
        *({"attributes": each} for each in all_attributes()),
        *({"outcome": outcome(n)} for n in range(call.MOST_OUTCOMES + BEYOND)),
        {"values": dict.fromkeys(texts - urls, WORD) | dict.fromkeys(urls, URL)},
    ]
    facts = [CallFacts(at=at(n), **each) for n, each in enumerate(said)]
    row = greatest_row("call", list(facts))
    assert 1_000_000 < len(row) < max_message_bytes(SMALLEST_BODY)


def outcome(n: int) -> Outcome:
    return Outcome(id=long(cut.WORD, n), type=WORD, notes=long(cut.NOTES))
