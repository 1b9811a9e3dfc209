"""Rows of many people, each like those of a contact centre, encoded: what a view is filled with."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import msgspec

from app.core.conversation import Conversation
from app.core.people import Shown
from app.core.projection import AnyRow, BatchProjection, Table
from app.core.recent_messages import Recent
from app.core.rows import rows_in_memory
from app.simulate.cast import AGENTS, FIRST_NAMES, LAST_NAMES
from tests.benchmarks.traffic import traffic
from tests.topology.driver import catalogue, codecs

SAMPLE = 4_000  # webhooks of each vendor
VENDORS = ("varda", "voxsig", "voiso", "convocore")
TALK = (
    "the my invoice shows an amount I do not recognise parcel says delivered but nothing is here "
    "asked warehouse one moment of course let me look that up for you this what meant refund order "
    "number please call back when can agent help with payment card failed again thanks"
)
WORDS = TALK.split()
NOW, YEAR = 1_780_000_000_000_000, 365 * 86_400 * 1_000_000
CHANNELS = ("whatsapp", "webchat", "email", "instagram", "sms", "voice")


def encoded_rows(count: int, seed: int = 1) -> Iterator[tuple[Table, str, bytes]]:
    """Each of a key of its own, updated at some time of the last year."""
    chance = Random(seed)
    sample = list(_sample())
    codec = codecs()
    for number in range(count):
        table, row = sample[number % len(sample)]
        id = f"{number * 0x9E3779B97F4A7C15 % 10**15:015d}"
        person = _person(chance, number)
        row = msgspec.structs.replace(row, updated_at=NOW - chance.randrange(YEAR))
        yield table, f"{row.source}/{table}/{id}", codec[table].dumps(_of(person, row, chance))


def _of(person: dict[str, Any], row: AnyRow, chance: Random) -> AnyRow:
    match row:
        case Conversation():
            text = " ".join(chance.choices(WORDS, k=12))
            return msgspec.structs.replace(
                row,
                contact=Shown(**person),
                channel=chance.choice(CHANNELS),
                assignee=_agent(chance) if chance.random() < 0.5 else None,
                last_message=Recent("m", "inbound", "text", text, row.updated_at or 0),
                last_message_at=row.updated_at,
            )
        case _:
            held: dict[str, Any] = {"phone": person["phone"], "name": person["name"]}
            fields = {"contact": Shown(**person)} if hasattr(row, "contact") else held
            return msgspec.structs.replace(row, **fields)


def _agent(chance: Random) -> Shown:
    agent = chance.choice(AGENTS)
    return Shown(str(agent.id), agent.name, agent.email)


def _person(chance: Random, number: int) -> dict[str, Any]:
    first, last = chance.choice(FIRST_NAMES), chance.choice(LAST_NAMES)
    return {
        "id": f"{number:09d}",
        "name": f"{first} {last}",
        "email": f"{first}.{last}.{number}@mail.example.com".lower(),
        "phone": f"+44{7_000_000_000 + number * 6_700_417 % 1_000_000_000}",
        "handle": f"{first.lower()}{number}",
    }


def _sample() -> Iterator[tuple[Table, AnyRow]]:
    for vendor in VENDORS:
        rows, _ = rows_in_memory(codecs())
        BatchProjection(catalogue(), rows).take(list(traffic(vendor)(SAMPLE)))
        rows.segments_written()
        for written in rows.rows_written():
            yield written.table, codecs()[written.table].loads(written.value)
