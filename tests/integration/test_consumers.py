"""Consumers that know nothing of Hookline read its topics, with the inspector for a registry."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import msgspec
import pytest
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext
from msgspec import UNSET

from app.avro.encoder import compile_encoder
from app.avro.event_encoders import event_encoders
from app.avro.published import load_published
from app.avro.reading import value_reader
from app.avro.wire import frame
from app.core.catalogue import Decoded
from app.core.undecodable import Undecodable
from app.core.vendors import VENDORS
from app.core.vendors.contract import Source
from app.core.webhook import read_raw_record
from app.kafka.connection import Connection
from app.kafka.log import Log
from app.kafka.record import Record
from app.kafka.topics import Topics
from app.simulate.payloads import varda
from app.simulate.traffic import Traffic
from tests.integration.commands import commands
from tests.integration.inspector_process import InspectorProcess
from tests.integration.kcat import can_read, read_topic
from tests.integration.on_kafka import publish
from tests.one_kafka import PARTITIONS, new_prefix, provided_topics
from tests.unit.read.installation import RECEIVED, Installation, catalogue

pytestmark = pytest.mark.long(10)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
PUBLISHED = load_published()
CREATED = ("voxsig", "message_created")


class Stage(NamedTuple):
    """A real Kafka that holds what a worker makes of some traffic, and a registry."""

    bootstrap: str
    registry: str
    topics: Topics
    hookline: Installation
    events: dict[tuple[str, int, int], Decoded]

    def records(self, topic: str) -> list[Record]:
        with Log(Connection(self.bootstrap)) as log:
            return [record for record in log.read(topic) if record.value is not None]

    def deserializer(self, schema: str | None = None) -> AvroDeserializer:
        return AvroDeserializer(SchemaRegistryClient({"url": self.registry}), schema)


@pytest.fixture(scope="module")
def stage(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """For tests that only read."""
    prefix = new_prefix()
    inspector = InspectorProcess(tmp_path_factory.mktemp("stage"), prefix)
    hookline = Installation(PARTITIONS, prefix)
    sources = [
        Source(name=vendor.name, vendor=vendor.name, secrets=(b"a secret",), account_id="1")
        for vendor in VENDORS
    ]
    deliveries = Traffic(sources, seed=7, now=RECEIVED).deliveries(400)
    hookline.receive_all(delivery.webhook for delivery in deliveries)
    hookline.receive({**varda.message(7, 1, RECEIVED), "brand_new": {"a": 1}})
    hookline.work()
    events = write_events(hookline)
    try:
        with provided_topics(kafka, prefix) as topics:
            publish(hookline, kafka)
            inspector.wait_until_ready()
            yield Stage(kafka, inspector.url, topics, hookline, events)
    finally:
        inspector.child.stop(5)


def write_events(hookline: Installation) -> dict[tuple[str, int, int], Decoded]:
    """As the worker writes them; what each was, by its place."""
    encode = event_encoders(PUBLISHED.repository, PUBLISHED.lock)
    events: dict[tuple[str, int, int], Decoded] = {}
    for one in hookline.log.read(hookline.topics.raw):
        raw = read_raw_record(one.partition, one.offset, one.key, one.value, one.headers)
        try:
            decoded = catalogue().decode(raw)
        except Undecodable:
            continue
        topic = hookline.topics.events(decoded.schema[0])
        value = encode[decoded.schema](decoded.event)
        offset = hookline.log.append(topic, one.partition, one.key, value)
        events[topic, one.partition, offset] = decoded
    return events


def as_read(event: Any) -> Any:
    """An event as a reader has it: what was absent is null."""
    if isinstance(event, msgspec.Struct):
        names = [name for name in event.__struct_fields__ if not name.startswith("_")]
        return {name: as_read(getattr(event, name)) for name in names}
    if isinstance(event, list):
        return [as_read(each) for each in event]
    return None if event is UNSET else event


def as_written(value: Any) -> Any:
    """What a deserializer gave, with times as the numbers that were written."""
    match value:
        case datetime():
            return (value - EPOCH) // timedelta(microseconds=1)
        case dict():
            return {name: as_written(each) for name, each in value.items()}
        case list():
            return [as_written(each) for each in value]
        case _:
            return value


def test_confluents_deserializer_reads_every_event(stage: Stage) -> None:
    read = stage.deserializer()
    kinds: Counter[tuple[str, str]] = Counter()
    for vendor in VENDORS:
        topic = stage.topics.events(vendor.name)
        for record in stage.records(topic):
            written = stage.events[topic, record.partition, record.offset]
            found = read(record.value, SerializationContext(topic, MessageField.VALUE))
            assert as_written(found) == as_read(written.event)
            kinds[written.schema] += 1
    assert {vendor for vendor, _ in kinds} == {vendor.name for vendor in VENDORS}
    assert kinds.total() == len(stage.events)
    assert len(kinds) > 20


def test_confluents_deserializer_reads_every_row(stage: Stage) -> None:
    read = stage.deserializer()
    for table, topic in zip(("conversation", "call", "contact"), stage.topics.state, strict=True):
        records = stage.records(topic)
        assert len(records) > 5
        for record in records:
            found = read(record.value, SerializationContext(topic, MessageField.VALUE))
            assert record.key is not None
            row = stage.hookline.codecs[table].loads(record.value or b"")
            assert as_written(found)["updated_at"] == row.updated_at
            assert found[f"{table}_id"] == getattr(row, f"{table}_id")
            assert found["ledger"] == bytes(row.ledger)


def test_a_reader_of_rows_may_leave_out_what_is_internal(stage: Stage) -> None:
    schema = dict(PUBLISHED.repository.latest("state", "conversation").schema)
    schema["fields"] = [f for f in schema["fields"] if f["name"] not in ("ledger", "fold")]
    read = stage.deserializer(json.dumps(schema))
    topic = stage.topics.state_conversations
    for record in stage.records(topic):
        found = read(record.value, SerializationContext(topic, MessageField.VALUE))
        assert not {"ledger", "fold"} & found.keys()
        assert found["phase"] in ("created", "active", "resolved", "ended")


def test_a_reader_of_version_1_reads_what_is_written_today(stage: Stage) -> None:
    old = PUBLISHED.repository.versions(*CREATED)[0].schema
    read = stage.deserializer(json.dumps(old))
    topic = stage.topics.events("voxsig")
    count = 0
    for record in stage.records(topic):
        written = stage.events[topic, record.partition, record.offset]
        if written.schema == CREATED:
            found = read(record.value, SerializationContext(topic, MessageField.VALUE))
            assert found.keys() == {field["name"] for field in old["fields"]}
            assert (found["id"], found["content"]) == (written.event.id, written.event.content)
            count += 1
    assert count > 10


def test_a_reader_of_today_reads_what_version_1_wrote(stage: Stage) -> None:
    first, *_, latest = PUBLISHED.repository.versions(*CREATED)
    written = next(one for one in stage.events.values() if one.schema == CREATED)
    encode = compile_encoder(first.schema)
    value = frame(PUBLISHED.id_of(first.name), encode(written.event))

    read = stage.deserializer(json.dumps(latest.schema))
    found = read(value, SerializationContext(stage.topics.events("voxsig"), MessageField.VALUE))

    old = {field["name"] for field in first.schema["fields"]}
    new = {field["name"] for field in latest.schema["fields"]} - old
    assert (found["id"], found["content"]) == (written.event.id, written.event.content)
    assert new
    assert {found[name] for name in new} == {None}


def test_drift_is_found_in_the_topics(stage: Stage) -> None:
    done = commands(stage.bootstrap, stage.topics.prefix)("schemas", "drift", "--json")

    assert done.code == 0, done.err
    found = [one for one in done.json["items"] if one["field"] == "brand_new"]
    assert [(one["vendor"], one["event"], one["count"], one["types"]) for one in found] == [
        ("varda", "message_created", 1, ["object"])
    ]


def all_topics(stage: Stage) -> list[str]:
    return [*stage.topics.state, *(stage.topics.events(vendor.name) for vendor in VENDORS)]


@pytest.mark.skipif(
    not can_read(), reason="kcat or avrocat is not installed: apt-get install kcat avro-bin"
)
def test_kcat_reads_every_event_and_every_row(stage: Stage) -> None:
    """Another implementation throughout. Debian's kcat is built without Avro, so what it reads
    goes to avrocat; a kcat that has Avro asks the registry itself.
    """
    ours = value_reader(PUBLISHED)
    for topic in all_topics(stage):
        found = read_topic(stage.bootstrap, topic, stage.registry)
        records = {(one.partition, one.offset): one for one in stage.records(topic)}
        assert found.keys() == records.keys()
        for place, record in records.items():
            assert not list(differences(found[place], ours(record.value or b"")))


def differences(read: Any, ours: Any, at: str = "$") -> Iterator[str]:
    """Avro's JSON names the branch of a union; Avro C's has bytes as text up to their first 0."""
    if isinstance(ours, bytes):
        ours = ours.partition(b"\0")[0].decode("latin-1")
    named = isinstance(read, dict) and len(read) == 1
    if named and not (isinstance(ours, dict) and read.keys() == ours.keys()):
        (read,) = read.values()
    if isinstance(ours, dict) and isinstance(read, dict) and read.keys() == ours.keys():
        for name in ours:
            yield from differences(read[name], ours[name], f"{at}.{name}")
    elif isinstance(ours, list) and isinstance(read, list) and len(read) == len(ours):
        for number, each in enumerate(ours):
            yield from differences(read[number], each, f"{at}[{number}]")
    elif read != ours:
        yield f"{at}: {read!r}, not {ours!r}"
