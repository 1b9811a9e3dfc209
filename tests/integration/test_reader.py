"""What a reader of topics does: the one of Kafka, and its twin in memory that other tests use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from uuid import uuid4

import pytest
from confluent_kafka import Producer

from app.errors import UserError
from app.kafka.admin import administration
from app.kafka.connection import Connection
from app.kafka.in_order import IN_ORDER
from app.kafka.log import Log
from app.kafka.provision import apply, delete
from app.kafka.record import Span
from app.kafka.topics import Topic
from app.read.newest import newest
from app.read.reader import Reader
from tests.unit.read.memory_log import MemoryLog

Append = Callable[[int, bytes | None, bytes | None], None]
SECOND_MS = 1_000


@pytest.fixture(params=["memory", "kafka"])
def given(request: pytest.FixtureRequest) -> Iterator[tuple[Reader, str, Append]]:
    """A reader, a topic of two partitions, and how to append to it: a record a second."""
    topic = f"t{uuid4().hex[:8]}"
    clock = iter(range(1_000_000_000_000, 2_000_000_000_000, SECOND_MS))
    if request.param == "memory":
        memory = MemoryLog(2)
        memory.create(topic)

        def append(partition: int, key: bytes | None, value: bytes | None) -> None:
            memory.append(topic, partition, key, value, [("h", b"1")], next(clock))

        yield memory, topic, append
        return
    kafka: str = request.getfixturevalue("kafka")
    producer = Producer({"bootstrap.servers": kafka, **IN_ORDER, "linger.ms": 0})

    def produce(partition: int, key: bytes | None, value: bytes | None) -> None:
        headers: list[tuple[str, str | bytes | None]] = [("h", b"1")]
        producer.produce(topic, value, key, partition, timestamp=next(clock), headers=headers)
        assert producer.flush(20) == 0

    with administration(Connection(kafka)) as admin, Log(Connection(kafka)) as log:
        apply(admin, [Topic(topic, 2, 1, {})])
        yield log, topic, produce
        delete(admin, [topic])


def test_what_is_appended_is_read(given: tuple[Reader, str, Append]) -> None:
    reader, topic, append = given
    append(0, b"a", b"1")
    append(1, b"b", None)
    append(0, None, b"3")
    assert reader.partitions(topic) == 2
    assert reader.spans(topic) == {0: Span(0, 2), 1: Span(0, 1)}
    found = sorted(reader.read(topic), key=lambda one: (one.partition, one.offset))
    assert [(r.partition, r.offset, r.key, r.value) for r in found] == [
        (0, 0, b"a", b"1"),
        (0, 1, None, b"3"),
        (1, 0, b"b", None),
    ]
    assert found[0].headers == [("h", b"1")]
    assert found[0].timestamp_ms == 1_000_000_000_000


def test_a_span_and_its_progress(given: tuple[Reader, str, Append]) -> None:
    reader, topic, append = given
    for n in range(5):
        append(0, b"a", b"%d" % n)
    told: list[tuple[int, int]] = []
    read = reader.read(topic, {0: Span(1, 4)}, lambda done, of: told.append((done, of)))
    assert [record.value for record in read] == [b"1", b"2", b"3"]
    assert told[-1] == (3, 3)


def test_since_a_time(given: tuple[Reader, str, Append]) -> None:
    reader, topic, append = given
    for n in range(4):
        append(n % 2, b"a", b"%d" % n)
    third = (1_000_000_000_000 + 2 * SECOND_MS) * 1_000
    assert reader.spans_since(topic, third) == {0: Span(1, 2), 1: Span(1, 2)}
    assert reader.spans_since(topic, third + 1) == {0: Span(2, 2), 1: Span(1, 2)}
    assert reader.span_since(topic, 0, third) == Span(1, 2)
    assert reader.span_since(topic, 0, third + 1) == Span(2, 2)
    assert reader.span_since(topic, 1, third + 1) == Span(1, 2)


def test_single_offsets(given: tuple[Reader, str, Append]) -> None:
    reader, topic, append = given
    for n in range(4):
        append(1, b"a", b"%d" % n)
    assert [record.value for record in reader.fetch(topic, 1, {3, 1, 99})] == [b"1", b"3"]


def test_following_from_the_end_or_from_offsets(given: tuple[Reader, str, Append]) -> None:
    reader, topic, append = given
    append(0, b"a", b"0")
    append(1, b"a", b"1")
    followed = (record for record in reader.follow([topic], {topic: {0: 0}}) if record is not None)
    assert [record.value for record in islice(followed, 1)] == [b"0"]
    append(1, b"a", b"2")
    assert [record.value for record in islice(followed, 1)] == [b"2"]


def test_the_newest_of_a_key(given: tuple[Reader, str, Append]) -> None:
    reader, topic, append = given
    for n in range(10):
        append(0, b"a" if n % 2 else b"b", b"%d" % n)
    found = newest(reader, topic, 0, [b"a", b"b", b"c"])
    assert {key: record.value for key, record in found.items()} == {b"a": b"9", b"b": b"8"}


def test_no_such_topic(given: tuple[Reader, str, Append]) -> None:
    reader, _, _ = given
    with pytest.raises(UserError):
        reader.spans("none-of-that-name")
