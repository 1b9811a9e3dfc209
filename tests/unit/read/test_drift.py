"""Given events, then the fields that no schema knows."""

from __future__ import annotations

from app.avro.event_encoders import event_encoders
from app.avro.published import load_published
from app.avro.wire import frame
from app.core.webhook import read_raw_record
from app.kafka.record import Record
from app.read.drift import drift
from app.simulate.payloads import varda
from tests.unit.read.installation import RECEIVED, Installation, catalogue

PUBLISHED = load_published()
ENCODE = event_encoders(PUBLISHED.repository, PUBLISHED.lock)


def events(*bodies: dict[str, object]) -> list[Record]:
    """The events of some webhooks, each a second after the one before."""
    hookline = Installation(1)
    for body in bodies:
        hookline.receive(body)
    found: list[Record] = []
    for one in hookline.log.read(hookline.topics.raw):
        raw = read_raw_record(one.partition, one.offset, one.key, one.value, one.headers)
        decoded = catalogue().decode(raw)
        value = ENCODE[decoded.schema](decoded.event)
        at = raw.received_at // 1000
        found.append(Record("events.varda", 0, one.offset, one.key, value, [], at))
    return found


def message(id: int, **more: object) -> dict[str, object]:
    body = varda.message(7, id, RECEIVED)
    return {**body, "data": {**body["data"], **more}}


def test_events_without_unknown_fields_are_no_drift() -> None:
    assert drift(events(message(1), message(2)), PUBLISHED) == []


def test_an_unknown_field_is_counted_by_event_and_path() -> None:
    found = drift(
        events(
            message(1, mood="good"),
            message(2, mood=None, parts=[{"a": 1}, {"a": 2}]),
            {**message(3), "trace": {"id": 1}},
        ),
        PUBLISHED,
    )

    assert [(one.vendor, one.event, one.field, one.count, one.types) for one in found] == [
        ("varda", "message_created", "data.mood", 2, ["null", "string"]),
        ("varda", "message_created", "data.parts", 1, ["array"]),
        ("varda", "message_created", "trace", 1, ["object"]),
    ]
    assert found[0].last_seen - found[0].first_seen == 1_000_000
    assert [one.example for one in found] == ["null", '[{"a":1},{"a":2}]', '{"id":1}']


def test_what_others_wrote_and_tombstones_are_passed_over() -> None:
    strange = [
        Record("events.varda", 0, 0, b"k", frame(7, b"..."), [], 0),
        Record("events.varda", 0, 1, b"k", None, [], 0),
        Record("events.varda", 0, 2, b"k", b"not framed", [], 0),
    ]
    assert drift(strange, PUBLISHED) == []
