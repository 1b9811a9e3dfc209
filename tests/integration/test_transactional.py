"""Records in transactions, on a real Kafka."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from confluent_kafka import Producer

from app.errors import UserError
from app.kafka.connection import Connection
from app.kafka.log import Log
from app.kafka.topics import Topics
from app.kafka.transactional import TakenOver, TransactionalWriter

MIB = 1024 * 1024


@pytest.fixture
def writer(kafka: str, topics: Topics) -> Iterator[TransactionalWriter]:
    with TransactionalWriter(
        Connection(kafka), f"{topics.prefix}writer", max_message=MIB
    ) as writer:
        writer.take_over(topics.dead)
        yield writer


def values(kafka: str, topic: str) -> list[bytes | None]:
    with Log(Connection(kafka)) as log:
        return [record.value for record in log.read(topic)]


def test_what_is_committed_is_seen_where_it_was_said_to_lie(
    kafka: str, topics: Topics, writer: TransactionalWriter
) -> None:
    writer.write(topics.raw, 2, b"k", b"1", [("name", b"text")])
    writer.write(topics.raw, 1, b"k", b"2", [])
    places = writer.settle()
    writer.write(topics.dead, 0, b"k", b"3", [])
    assert values(kafka, topics.raw) == []
    assert len(writer.settle()) == 1
    writer.commit()
    with Log(Connection(kafka)) as log:
        found = {(one.partition, one.offset): one for one in log.read(topics.raw)}
    assert [found[place].value for place in places] == [b"1", b"2"]
    assert found[places[0]].headers == [("name", b"text")]
    assert values(kafka, topics.dead) == [b"3"]


def test_what_is_not_committed_is_never_seen(kafka: str, topics: Topics) -> None:
    name = f"{topics.prefix}writer"
    with TransactionalWriter(Connection(kafka), name, max_message=MIB) as writer:
        writer.take_over(topics.raw)
        writer.write(topics.raw, 0, b"k", b"1", [])
        writer.settle()
    assert values(kafka, topics.raw) == []


def test_one_that_takes_over_ends_the_other(
    kafka: str, topics: Topics, writer: TransactionalWriter
) -> None:
    writer.write(topics.raw, 0, b"k", b"1", [])
    writer.settle()
    name = f"{topics.prefix}writer"
    with TransactionalWriter(Connection(kafka), name, max_message=MIB) as other:
        other.take_over(topics.raw)
        with pytest.raises(TakenOver):
            writer.commit()
        with pytest.raises(TakenOver):
            writer.write(topics.raw, 0, b"k", b"1", [])
        other.write(topics.raw, 0, b"k", b"2", [])
        other.commit()
    assert values(kafka, topics.raw) == [b"2"]


def test_a_record_that_is_too_large_is_refused(
    kafka: str, topics: Topics, writer: TransactionalWriter
) -> None:
    writer.write(topics.raw, 0, b"k", b"1", [])
    with pytest.raises(UserError, match="did not take"):
        writer.write(topics.raw, 0, b"k", bytes(2 * MIB), [])


def test_it_waits_for_transactions_that_hide_what_lies_behind_them(
    kafka: str, topics: Topics
) -> None:
    """Such as those of workers: a letter that was closed behind one would look open."""
    hiding = Producer({"bootstrap.servers": kafka, "transactional.id": f"{topics.prefix}worker"})
    hiding.init_transactions()
    hiding.begin_transaction()
    hiding.produce(topics.dead, b"hidden", partition=3)
    hiding.flush()
    name = f"{topics.prefix}writer"
    with (
        TransactionalWriter(Connection(kafka), name, max_message=MIB, patience_s=1) as writer,
        pytest.raises(UserError, match=f"{topics.dead}, partition 3"),
    ):
        writer.take_over(topics.dead)
    hiding.commit_transaction()
    with TransactionalWriter(Connection(kafka), name, max_message=MIB) as writer:
        writer.take_over(topics.dead)
    assert values(kafka, topics.dead) == [b"hidden"]
