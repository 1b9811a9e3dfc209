"""Given topics, then the rows of tables."""

from __future__ import annotations

from typing import Any, cast

import msgspec
import pytest

from app.avro.wire import frame
from app.core.projection import TABLES
from app.core.webhook import iso
from app.export.choice import Choice
from app.export.table import tables
from app.kafka.record import Headers
from app.read.dead_letters import letter, sorted_out
from app.read.event_json import EventJson
from app.read.letter_json import letter_json
from app.read.raw_record import raw_record
from app.read.rows import found_json
from tests.unit.export.centre import EVERY, as_json, centre, events, taken
from tests.unit.read.installation import Installation, repository

ROWS = [f"{table}s" for table in TABLES]


@pytest.fixture(scope="module")
def hookline() -> Installation:
    """Which tests only look at."""
    return centre()


@pytest.fixture
def fresh() -> Installation:
    return centre(40)


def test_rows_are_those_that_the_commands_show(hookline: Installation) -> None:
    found, told = taken(hookline, ROWS)
    for table in TABLES:
        shown = {row.key: found_json(row, hookline.rows.json) for row in hookline.rows.all(table)}
        assert len(shown) == len(found[f"{table}s"]) > 5
        for row in found[f"{table}s"]:
            of = as_json(f"{table}s", row)
            assert of.pop("written_at") == iso(row["written_at"])
            assert {"kind": table, **of} == shown[row["key"]]
    assert told.unreadable.count == 0


def test_events_are_what_webhooks_decode_to(hookline: Installation) -> None:
    found, _ = taken(hookline, events())
    decoded = {}
    for record in hookline.log.read(hookline.topics.raw):
        try:
            raw = raw_record(record)
            decoded[f"{record.partition}:{record.offset}"] = hookline.catalogue.decode(raw), raw
        except Exception:  # noqa: BLE001
            continue
    rows = [(name, row) for name, of in found.items() for row in of]
    assert len({name.partition(".")[0] for name, _ in rows}) == 4
    json = EventJson(repository())
    for name, row in rows:
        event, raw = decoded[row["_raw"]]
        assert raw.type.startswith(name)
        assert (row["_key"], row["_source"], row["_id"]) == (raw.key, raw.source, raw.id)
        assert (row["_type"], row["_received_at"]) == (raw.type, raw.received_at)
        of = as_json(name, row)
        fields = {field: value for field, value in of.items() if not field.startswith("_")}
        assert not_null(fields) == not_null(json.of(event))
    places = [row["_raw"] for _, row in rows]
    assert len(places) == len(set(places))


def test_raw_has_every_record_with_its_body(hookline: Installation) -> None:
    found, _ = taken(hookline, ["webhooks"])
    records = {
        f"{one.partition}:{one.offset}": one for one in hookline.log.read(hookline.topics.raw)
    }
    assert [row["place"] for row in found["webhooks"]] == [*records]
    for row in found["webhooks"]:
        record = records[row["place"]]
        raw = raw_record(record)
        assert (row["body"] or "").encode() + (row["body_bytes"] or b"") == raw.body
        assert (row["key"], row["source"], row["type"]) == (raw.key, raw.source, raw.type)
        assert (row["id"], row["received_at"]) == (raw.id, raw.received_at)
        assert row["headers"] == {name: value.decode() for name, value in record.headers}


def test_dead_letters_are_those_that_dead_list_shows(fresh: Installation) -> None:
    """One of them written twice, one closed, one closed whose letter has expired."""
    records = [fresh.receive(b"not json") for _ in range(3)]
    fresh.receive(b"nor this")
    fresh.work()
    fresh.close_letter(records[0], (0, 1))
    fresh.close_letter(records[1], (0, 2))
    letters = [*map(letter, fresh.log.read(fresh.topics.dead))]
    gone = next(one for one in letters if one.raw == f"{records[1].partition}:{records[1].offset}")
    fresh.log.drop(fresh.topics.dead, gone.partition, gone.offset)
    again = next(iter(fresh.log.read(fresh.topics.dead)))
    fresh.log.append(fresh.topics.dead, again.partition, again.key, again.value, again.headers, 1)
    found, _ = taken(fresh, ["dead_letters"])
    expected = sorted_out(map(letter, fresh.log.read(fresh.topics.dead)))
    assert len(expected.redriven) == 2
    shown = {one.raw: letter_json(one) for one in (*expected.open, *expected.redriven)}
    assert len(found["dead_letters"]) == len(shown)
    for row in found["dead_letters"]:
        told = shown[row["raw"]]
        received = row["received_at"]
        row["received_at"] = None if received is None else iso(received)
        assert {name: row[name] or None for name in told if name != "open"} == {
            name: value or None for name, value in told.items() if name != "open"
        }
        assert row["open"] == told["open"]


def test_the_same_log_gives_the_same_rows_in_the_same_order(hookline: Installation) -> None:
    every = [*EVERY]
    assert taken(hookline, every)[0] == taken(centre(), every)[0]


def test_what_is_chosen_by_time_and_source_is_taken_and_nothing_else(
    hookline: Installation,
) -> None:
    every, _ = taken(hookline, ["webhooks", "dead_letters", *events()])
    times = sorted(row["received_at"] for row in every["webhooks"])
    from_at, to_at = times[len(times) // 3], times[2 * len(times) // 3]
    choice = Choice(from_at=from_at, to_at=to_at, sources=("varda",))
    found, _ = taken(hookline, ["webhooks", "dead_letters", *events()], choice)
    assert sum(map(len, found.values())) > 50
    for name, rows in every.items():
        dash = "_" if EVERY[name].what == "events" else ""
        assert found.get(name, []) == [
            row
            for row in rows
            if row[f"{dash}source"] == "varda" and from_at <= row[f"{dash}received_at"] < to_at
        ]


def test_rows_are_chosen_by_source(hookline: Installation) -> None:
    every, _ = taken(hookline, ROWS)
    found, _ = taken(hookline, ROWS, Choice(sources=("varda",)))
    for name in ROWS:
        assert found[name] == [row for row in every[name] if row["source"] == "varda"] != []


def test_internals_are_there_where_they_are_asked_for(hookline: Installation) -> None:
    every = tables(repository(), internals=True)
    found, _ = taken(hookline, ["calls"], every=every)
    assert all(row["ledger"] and row["fold"]["stamps"] for row in found["calls"])
    assert not {"ledger", "fold"} & taken(hookline, ["calls"])[0]["calls"][0].keys()


def test_the_newest_of_a_key_counts_and_a_tombstone_is_no_row(fresh: Installation) -> None:
    before, _ = taken(fresh, ["conversations"])
    first, second, *_ = before["conversations"]
    row = msgspec.structs.replace(fresh.row("conversation", first["key"]), queue="new")
    fresh.overwrite("conversation", first["key"], row)
    fresh.overwrite("conversation", second["key"], None)
    after, _ = taken(fresh, ["conversations"])
    assert len(after["conversations"]) == len(before["conversations"]) - 1
    assert [r["queue"] for r in after["conversations"] if r["key"] == first["key"]] == ["new"]


@pytest.mark.parametrize(
    "value",
    [b"", b"\0", b"no avro", frame(77, b"\0"), frame(1_000_000_000, b"\xff" * 40), None],
    ids=repr,
)
def test_what_cannot_be_read_is_counted_and_left_out(
    fresh: Installation, value: bytes | None
) -> None:
    before, _ = taken(fresh, ["calls", *events()])
    for topic in (fresh.topics.state_calls, fresh.topics.events("voiso")):
        if value is not None or topic.startswith("events"):
            fresh.log.append(topic, 0, b"voiso/call/hostile", value)
    after, told = taken(fresh, ["calls", *events()])
    assert after == before
    assert told.unreadable.count == (1 if value is None else 2)
    assert any("events.voiso 0:" in one for one in told.unreadable.shown)


@pytest.mark.parametrize("key", [b"", None])
def test_a_row_without_a_key_is_counted_and_left_out(
    fresh: Installation, key: bytes | None
) -> None:
    before, _ = taken(fresh, ["calls"])
    topic = fresh.topics.state_calls
    row = next(one for one in fresh.log.read(topic) if one.value is not None)
    at = fresh.log.append(topic, 0, key, row.value)
    after, told = taken(fresh, ["calls"])
    assert after == before
    assert told.unreadable.count == 1
    assert told.unreadable.shown == [f"{topic} 0:{at}: it has no key"]
    assert taken(fresh, ["calls"], Choice(sources=("varda",)))[1].unreadable.count == 0


def test_an_event_of_another_topic_is_none_of_this_one(fresh: Installation) -> None:
    [topic, other] = [fresh.topics.events(vendor) for vendor in ("voxsig", "varda")]
    stray = next(iter(fresh.log.read(topic)))
    fresh.log.append(other, 0, stray.key, stray.value, stray.headers)
    assert taken(fresh, events())[1].unreadable.count == 1


HOSTILE = [
    b'{"text": "a\\u0000b \\ud800 \\n\\"quoted\\""}',
    "é 語 🎉 \u202e".encode(),
    b"\xff\xfe\0",
    b"\xed\xa0\x80",
    b"x" * 1_000_000,
    b"",
]


@pytest.mark.parametrize("body", HOSTILE, ids=lambda body: repr(body[:12]))
def test_whatever_lies_in_the_raw_log_is_taken_as_it_is(fresh: Installation, body: bytes) -> None:
    headers = [("ce_time", b"yesterday"), ("\xe9", b"\xff"), ("twice", b"1"), ("twice", b"2")]
    fresh.log.append(fresh.topics.raw, 0, b"\xff\xfe", body, headers)
    fresh.log.append(fresh.topics.dead, 0, b"\xff/call/1", body, headers)
    found, told = taken(fresh, ["webhooks", "dead_letters"])
    for name in found:
        row = next(row for row in found[name] if row["key"].startswith("\\xff"))
        assert ((row["body"] or "").encode() or row["body_bytes"] or b"") == body
        assert row["received_at"] is None
        assert row["headers"]["twice"] == "2"
    assert told.unreadable.count == 0


def test_all_tables_of_an_export_spell_headers_alike(fresh: Installation) -> None:
    """Bytes that are no text, a header without a value, one that is empty."""
    headers = [("ce_id", b"\xff1"), ("ce_type", b""), ("none", None), ("ce_subject", b"\xfe")]
    for topic in (fresh.topics.raw, fresh.topics.dead):
        fresh.log.append(topic, 0, b"\xff/call/1", b"{}", cast(Headers, headers))
    found, _ = taken(fresh, ["webhooks", "dead_letters"])
    [webhook], [dead] = (
        [row for row in found[name] if row["key"] == "\\xff/call/1"]
        for name in ("webhooks", "dead_letters")
    )
    assert webhook["headers"] == {
        "ce_id": "\\xff1",
        "ce_type": "",
        "none": None,
        "ce_subject": "\\xfe",
    }
    columns = ("headers", "id", "type", "source", "received_at")
    assert {name: dead[name] for name in columns} == {name: webhook[name] for name in columns}
    assert dead["reason"] is None and dead["fingerprint"] is None and dead["raw"] is None


def test_a_record_that_does_not_say_when_is_of_no_span(fresh: Installation) -> None:
    fresh.log.append(fresh.topics.raw, 0, b"varda/call/1", b"{}", [], 2**40)
    found, _ = taken(fresh, ["webhooks"], Choice(from_at=0))
    assert all(row["received_at"] for row in found["webhooks"])


def not_null(value: Any) -> Any:
    """What a body does not have is null in a column."""
    if isinstance(value, dict):
        return {name: not_null(one) for name, one in value.items() if one is not None}
    return [not_null(one) for one in value] if isinstance(value, list) else value
