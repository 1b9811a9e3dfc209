"""A broker refuses a record as one does that is just being elected, with the next under way."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from app.endpoint.errors import KafkaAway
from app.endpoint.kafka_log import KafkaLog, producer_config
from app.endpoint.log import Position
from app.kafka.connection import Connection
from app.kafka.log import Log
from app.kafka.ports import LOOPBACK
from app.kafka.topics import Topics
from app.kafka.transactional import TransactionalWriter
from app.kafka.writer import Writer
from tests.integration.relay import Relay
from tests.integration.test_endpoint_log import record
from tests.integration.toy_flow import wait_for
from tests.one_kafka import PARTITIONS, new_prefix, provided_topics, running_kafka
from tests.ports import free_port

MIB = 1024 * 1024
EARLIER = b"0"


@pytest.fixture(scope="module")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Relay]:
    """Before a Kafka of its own, which names the relay's port to its clients."""
    port = free_port()
    properties = f"advertised.listeners=PLAINTEXT://{LOOPBACK}:{port}\n"
    with running_kafka(tmp_path_factory.mktemp("behind"), properties) as broker:
        relay = Relay(port, broker.port)
        yield relay
        relay.close()


@pytest.fixture
def topics(relay: Relay) -> Iterator[Topics]:
    with provided_topics(relay.bootstrap, new_prefix()) as topics:
        with Writer(Connection(relay.bootstrap)) as writer:  # once it takes these, it is elected
            for partition in range(PARTITIONS):
                writer.write(topics.raw, partition, b"k", EARLIER)
            writer.settle()
        relay.refuse_first(topics.raw)
        yield topics


def on_the_log(relay: Relay, topics: Topics) -> list[bytes]:
    with Log(Connection(relay.bootstrap)) as log:
        values = [record.value or b"" for record in log.read(topics.raw)]
    return [value for value in values if value != EARLIER]


async def append_two(relay: Relay, topics: Topics, **settings: object) -> list[object]:
    """What became of each."""
    config = producer_config(Connection(relay.bootstrap), ack_timeout_s=5, max_message=MIB)
    log = KafkaLog({**config, **settings}, topics.raw, 5)
    try:
        first = log.append(record(1, b"1"))
        await asyncio.to_thread(relay.wait_until_refused)
        return [*await asyncio.gather(first, log.append(record(1, b"2")), return_exceptions=True)]
    finally:
        await log.close()


async def test_a_webhook_is_acknowledged_when_it_is_on_the_log(
    relay: Relay, topics: Topics
) -> None:
    positions = await append_two(relay, topics)
    assert relay.overtaken
    assert all(isinstance(position, Position) for position in positions)
    assert sorted(on_the_log(relay, topics)) == [b"1", b"2"]


async def test_an_acknowledgement_that_names_no_place_is_none(relay: Relay, topics: Topics) -> None:
    """With idempotence, librdkafka acknowledges the refused one when the next is acknowledged."""
    first, second = await append_two(relay, topics, **{"enable.idempotence": True})
    assert relay.overtaken
    assert on_the_log(relay, topics) == [b"2"]
    assert isinstance(first, KafkaAway)
    assert isinstance(second, Position)


def test_a_writer_keeps_its_records_in_order(relay: Relay, topics: Topics) -> None:
    with Writer(Connection(relay.bootstrap)) as writer:
        writer.write(topics.raw, 0, b"k", b"1")
        relay.wait_until_refused()
        writer.write(topics.raw, 0, b"k", b"2")
        writer.settle()
    assert not relay.overtaken
    assert on_the_log(relay, topics) == [b"1", b"2"]


def test_a_transaction_holds_each_record(relay: Relay, topics: Topics) -> None:
    name = f"{topics.prefix}writer"
    with TransactionalWriter(Connection(relay.bootstrap), name, max_message=MIB) as writer:
        writer.take_over(topics.raw)
        writer.write(topics.raw, 0, b"k", b"1", [])
        relay.wait_until_refused()
        writer.write(topics.raw, 0, b"k", b"2", [])
        places = writer.settle()
        writer.commit()
    assert not relay.overtaken
    assert places == [(0, 1), (0, 2)]
    # The broker answers a commit before it has marked the partitions: until then nobody reads it.
    wait_for(lambda: bool(on_the_log(relay, topics)), 10, lambda: "nothing is on the log")
    assert on_the_log(relay, topics) == [b"1", b"2"]
