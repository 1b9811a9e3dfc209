"""Reading topics: all of them, a span, a key, single offsets, live."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

import pytest
from confluent_kafka import Producer
from kafka.structs import TopicPartition

from app.errors import UserError
from app.kafka.admin import administration
from app.kafka.connection import Connection
from app.kafka.in_order import IN_ORDER
from app.kafka.log import Log
from app.kafka.partition import partition_of
from app.kafka.provision import apply
from app.kafka.record import Span
from app.kafka.topics import Topic, Topics
from app.read.newest import newest
from tests.one_kafka import running_kafka

pytestmark = pytest.mark.long(20)

Written = tuple[str, bytes | None]


def write(kafka: str, topic: str, records: Iterable[Written], **options: object) -> None:
    producer = Producer(
        {
            "bootstrap.servers": kafka,
            **IN_ORDER,
            "partitioner": "murmur2_random",
            "linger.ms": 5,
            **options,
        }
    )
    for index, (key, value) in enumerate(records):
        producer.produce(topic, value, key, headers=[("n", str(index).encode())])
        producer.poll(0)
    assert producer.flush(20) == 0


def test_everything_that_is_there_is_read_once_in_the_order_of_each_partition(
    kafka: str, topics: Topics
) -> None:
    write(kafka, topics.raw, [(f"k{n % 50}", b"%d" % n) for n in range(5_000)])
    passed: list[tuple[int, int]] = []
    with Log(Connection(kafka)) as log:
        records = list(log.read(topics.raw, progress=lambda done, of: passed.append((done, of))))
    assert sorted(int(record.value or b"") for record in records) == list(range(5_000))
    for number in range(4):
        offsets = [record.offset for record in records if record.partition == number]
        assert offsets == list(range(len(offsets)))
    assert passed[-1] == (5_000, 5_000)
    [first] = [record for record in records if record.value == b"0"]
    assert (first.topic, first.key, first.headers) == (topics.raw, b"k0", [("n", b"0")])
    assert abs(first.timestamp_ms / 1000 - time.time()) < 60


def test_a_reading_ends_where_the_topic_ended_when_it_began(kafka: str, topics: Topics) -> None:
    write(kafka, topics.raw, [("k", b"before")])
    with Log(Connection(kafka)) as log:
        spans = log.spans(topics.raw)
        write(kafka, topics.raw, [("k", b"after")])
        assert [record.value for record in log.read(topics.raw, spans)] == [b"before"]


def test_an_empty_topic_is_read_at_once(kafka: str, topics: Topics) -> None:
    with Log(Connection(kafka)) as log:
        assert list(log.read(topics.raw)) == []


def test_a_key_is_found_in_the_partition_that_producers_chose(kafka: str, topics: Topics) -> None:
    keys = ["voxsig/conversation/1-77", "", "ключ", "varda/call/" + "x" * 250]
    write(kafka, topics.raw, [(key, key.encode()) for key in keys])
    with Log(Connection(kafka)) as log:
        for record in log.read(topics.raw):
            assert record.partition == partition_of(record.key or b"", 4)
        spans = log.spans(topics.raw)
        for key in keys:
            number = partition_of(key, 4)
            read = log.read(topics.raw, {number: spans[number]})
            assert [one.value for one in read if one.key == key.encode()] == [key.encode()]


def test_the_newest_record_of_a_key_is_the_one_that_counts(kafka: str, topics: Topics) -> None:
    rows: list[Written] = [("a", b"1"), ("b", b"1"), ("a", b"2"), ("b", None)]
    write(kafka, topics.state_calls, rows)
    with Log(Connection(kafka)) as log:
        found: dict[str, list[bytes | None]] = {}
        for key in ("a", "b", "c"):
            there = newest(log, topics.state_calls, partition_of(key, 4), [key.encode()])
            found[key] = [record.value for record in there.values()]
    assert found == {"a": [b"2"], "b": [None], "c": []}


def test_single_offsets_are_fetched_without_a_scan(kafka: str, topics: Topics) -> None:
    write(kafka, topics.raw, [("k", b"%d" % n) for n in range(2_000)])
    number = partition_of("k", 4)
    with Log(Connection(kafka)) as log:
        found = log.fetch(topics.raw, number, [1_999, 3, 4, 1_000, 1_000, 5_000])
    assert [record.value for record in found] == [b"3", b"4", b"1000", b"1999"]


def test_many_that_lie_far_apart_are_fetched_in_their_order(kafka: str, topics: Topics) -> None:
    write(kafka, topics.raw, [("k", b"%d" % n) for n in range(12_000)])
    offsets = range(7, 12_000, 150)
    with Log(Connection(kafka)) as log:
        found = log.fetch(topics.raw, partition_of("k", 4), offsets)
    assert [record.offset for record in found] == list(offsets)
    assert [record.value for record in found] == [b"%d" % n for n in offsets]


def test_what_was_deleted_is_left_out(kafka: str, topics: Topics) -> None:
    write(kafka, topics.raw, [("k", b"%d" % n) for n in range(10)])
    number = partition_of("k", 4)
    with administration(Connection(kafka)) as admin:
        admin.delete_records({TopicPartition(topics.raw, number): 5})
    with Log(Connection(kafka)) as log:
        assert log.spans(topics.raw)[number] == Span(5, 10)
        assert [record.value for record in log.fetch(topics.raw, number, [4, 5])] == [b"5"]
        assert len(list(log.read(topics.raw, {number: Span(0, 10)}))) == 5


def test_a_reading_can_begin_at_a_time(kafka: str, topics: Topics) -> None:
    write(kafka, topics.raw, [("k", b"old")])
    time.sleep(0.01)
    between = time.time_ns() // 1000
    time.sleep(0.01)
    write(kafka, topics.raw, [("k", b"new")])
    with Log(Connection(kafka)) as log:
        spans = log.spans_since(topics.raw, between)
        assert [record.value for record in log.read(topics.raw, spans)] == [b"new"]
        later = log.spans_since(topics.raw, between + 3_600_000_000)
        assert list(log.read(topics.raw, later)) == []


def test_only_what_was_committed_is_seen(kafka: str, topics: Topics, prefix: str) -> None:
    producer = Producer({"bootstrap.servers": kafka, "transactional.id": prefix})
    producer.init_transactions(10)
    for value, end in ((b"kept", "commit"), (b"undone", "abort"), (b"last", "commit")):
        producer.begin_transaction()
        producer.produce(topics.raw, value, b"k", partition=0)
        producer.flush(10)
        if end == "commit":
            producer.commit_transaction(10)
        else:
            producer.abort_transaction(10)
    with Log(Connection(kafka)) as log:
        assert [record.value for record in log.read(topics.raw)] == [b"kept", b"last"]


@pytest.mark.parametrize("codec", ["gzip", "lz4", "zstd", "snappy"])
def test_every_compression_is_read(kafka: str, topics: Topics, codec: str) -> None:
    options = {"compression.type": codec}
    write(kafka, topics.raw, [("k", b"the same words " * 20)] * 200, **options)
    with Log(Connection(kafka)) as log:
        assert {record.value for record in log.read(topics.raw)} == {b"the same words " * 20}


def test_a_follower_sees_what_is_written_after_it_began(kafka: str, topics: Topics) -> None:
    write(kafka, topics.state_calls, [("k", b"before")])
    with Log(Connection(kafka)) as log:
        live = log.follow([topics.state_calls, topics.state_contacts])
        assert next(live) is None
        write(kafka, topics.state_contacts, [("k", b"contact")])
        write(kafka, topics.state_calls, [("k", b"call")])
        seen: set[bytes | None] = set()
        deadline = time.monotonic() + 10
        while len(seen) < 2 and time.monotonic() < deadline:
            if (record := next(live)) is not None:
                seen.add(record.value)
    assert seen == {b"contact", b"call"}


def test_a_missing_topic_is_named(kafka: str, prefix: str) -> None:
    with (
        Log(Connection(kafka)) as log,
        pytest.raises(UserError, match=f"no topic {prefix}webhooks.raw"),
    ):
        log.spans(Topics(prefix).raw)


def test_a_follower_waits_for_a_broker_that_restarts(tmp_path: Path) -> None:
    with running_kafka(tmp_path) as broker:
        with administration(broker.connection) as admin:
            apply(admin, [Topic("live", partitions=1, replication=1, config={})])
        with Log(broker.connection) as log:
            live = log.follow(["live"])
            assert next(live) is None
            broker.stop()
            for _ in range(5):
                assert next(live) is None
            broker.start()
            broker.wait_until_ready()
            write(broker.bootstrap, "live", [("k", b"after")])
            deadline = time.monotonic() + 20
            seen: list[bytes | None] = []
            while not seen and time.monotonic() < deadline:
                if (record := next(live)) is not None:
                    seen.append(record.value)
    assert seen == [b"after"]
