"""From the log of raw webhooks to the rows that they must make.

A statement, what one webhook says, is a dictionary:
  row         conversation, call or contact
  at          event time, None where the body states none
  id          the vendor's id, where it is not the key's
  account     what the body says, else what is configured
  created     a stated time of creation
  values      scalars of the row, by name; None clears
  attributes  text by name; None clears
  people      by role: None is nobody; fields of a person, with or without an id
  message     id, class, at, text, content_type, update
  status      word, at (None is the event time)
  occurrence  forms, bugs or delegations: one more
  oldest      what a contact's creation says is older than anything else
  started_at, answered_at, ended_at, outcome   of a call
A time may be the words "event time".
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from app.core.webhook import RawRecord, parse_key
from tests.oracle import convocore, varda, voiso, voxsig
from tests.oracle.call import call_row
from tests.oracle.contact import contact_row
from tests.oracle.conversation import conversation_row
from tests.oracle.reading import NotDecodable

DAY = 24 * 60 * 60 * 1_000_000
SAYS = {
    "voiso": voiso.says,
    "varda": varda.says,
    "convocore": convocore.says,
    "voxsig": voxsig.says,
}
PARSE = {"voiso": voiso.parse}
ROWS = {"conversation": conversation_row, "call": call_row, "contact": contact_row}


def expected_rows(log: Iterable[RawRecord]) -> dict[str, dict[str, Any]]:
    """By key, every public field of every row but `fold_version`, `ledger` and `fold`. `log` is
    in log order.
    """
    by_key: dict[str, list[tuple[RawRecord, dict]]] = {}
    for record in log:
        statement = statement_of(record)
        if statement is not None:
            by_key.setdefault(record.key, []).append((record, statement))
    return {key: row_of(key, said) for key, said in by_key.items()}


def statement_of(record: RawRecord) -> dict | None:
    """None for a dead letter, and for an event that no row learns from."""
    vendor, _, event = record.type.partition(".")
    if event == "unknown":
        return None
    try:
        return SAYS[vendor](record, PARSE.get(vendor, parse_json)(record))
    except NotDecodable:
        return None


def parse_json(record: RawRecord) -> dict:
    return json.loads(record.body)


def row_of(key: str, said: list[tuple[RawRecord, dict]]) -> dict[str, Any]:
    kind = said[0][1]["row"]
    told = events_of(said)
    last_record = said[-1][0]
    in_log_order = [event["at"] for event in told]
    by_time = sorted(told, key=lambda event: (not event["oldest"], event["stamp"]))
    source, _, key_id = parse_key(key)
    row: dict[str, Any] = {
        "source": source,
        "vendor": last_record.type.partition(".")[0],
        "account_id": None,
        f"{kind}_id": told[0].get("id", key_id),
        "created_at": min([e["at"] for e in told] + [e["created"] for e in told if e["created"]]),
        "updated_at": max(in_log_order),
        "events": len(told),
        "duplicates": len(deliveries(said)) - len(told),
        "late": sum(at < max(in_log_order[:n]) for n, at in enumerate(in_log_order) if n),
        "partition": last_record.partition,
        "offset": last_record.offset,
        "attributes": {},
    }
    attributes: dict[str, str | None] = {}
    for event in by_time:
        if event["account"] is not None:
            row["account_id"] = event["account"]
        attributes |= {name[:64]: cut_value(v) for name, v in event.get("attributes", {}).items()}
    kept = sorted(attributes)[:64]
    row["attributes"] = {name: attributes[name] for name in kept if attributes[name] is not None}
    ROWS[kind](row, by_time)
    return row


def deliveries(said: list[tuple[RawRecord, dict]]) -> set[str]:
    """A redriven record is the delivery that it stands in for, which may be a redriven one."""
    found: dict[str, str] = {}
    for record, _ in said:
        place = f"{record.partition}:{record.offset}"
        found[place] = found.get(record.redrive, record.redrive) if record.redrive else place
    return set(found.values())


def cut_value(value: str | None) -> str | None:
    return None if value is None else value[:256]


def events_of(said: list[tuple[RawRecord, dict]]) -> list[dict]:
    """One for each event id, by its first record in the log, with every time settled."""
    events: dict[str, dict] = {}
    for record, statement in said:
        if record.id not in events:
            events[record.id] = settled(record, statement)
    return list(events.values())


def settled(record: RawRecord, statement: dict) -> dict:
    """A time more than 24 hours after its receipt is a broken clock: it is the receive time."""

    def clocked(at: int) -> int:
        return record.received_at if at > record.received_at + DAY else at

    at = record.received_at if statement["at"] is None else clocked(statement["at"])
    oldest = statement.get("oldest", False)

    def time_of(stated: int | str | None) -> int | None:
        if stated == "event time":
            return at
        return None if stated is None else clocked(int(stated))

    event = statement | {
        "at": at,
        "stamp": record.id if oldest else (at, record.id),
        "oldest": oldest,
        "created": time_of(statement.get("created")),
    }
    for name in ("started_at", "answered_at", "ended_at"):
        event[name] = time_of(statement.get(name))
    if "message" in event:
        event["message"] = event["message"] | {"at": time_of(event["message"]["at"])}
    if "status" in event:
        stated = event["status"]["at"]
        event["status"] = event["status"] | {"at": at if stated is None else time_of(stated)}
    return event
