"""What every implementation of the endpoint's log holds to; and what the one in Kafka adds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from app.core.webhook import RawRecord
from app.endpoint.errors import KafkaRefused
from app.endpoint.health import KafkaReadiness
from app.endpoint.kafka_log import KafkaLog, producer_config
from app.endpoint.log import Log, MemoryLog
from app.kafka.connection import Connection
from app.kafka.log import Log as Reader
from app.kafka.topics import Topics
from tests.one_kafka import PARTITIONS

MIB = 1024 * 1024


def record(number: int, body: bytes = b"{}") -> RawRecord:
    return RawRecord(
        partition=-1,
        offset=-1,
        key=f"shop/call/{number}",
        body=body,
        id=f"{number:032x}",
        source="shop",
        type="varda.call.ended",
        received_at=number,
    )


@pytest.fixture
async def kafka_log(kafka: str, topics: Topics) -> AsyncIterator[KafkaLog]:
    config = producer_config(Connection(kafka), ack_timeout_s=5, max_message=4 * MIB)
    log = KafkaLog(config, topics.raw, ack_timeout_s=5)
    yield log
    await log.close()


@pytest.fixture(params=["memory", "kafka"])
def log(request: pytest.FixtureRequest) -> Log:
    if request.param == "memory":
        return MemoryLog()
    return request.getfixturevalue("kafka_log")


async def test_each_record_has_a_place_of_its_own(log: Log) -> None:
    """Also those appended at once, and one that is appended twice."""
    records = [record(number) for number in range(200)]
    positions = await asyncio.gather(*(log.append(r) for r in [*records, records[0]]))
    assert len(set(positions)) == 201
    assert len({position.topic for position in positions}) == 1


async def test_offsets_of_one_key_grow_in_the_order_of_appending(log: Log) -> None:
    positions = [await log.append(record(7)) for _ in range(5)]
    assert len({position.partition for position in positions}) == 1
    offsets = [position.offset for position in positions]
    assert offsets == list(range(offsets[0], offsets[0] + 5))


async def test_a_position_is_where_the_record_is_read_back(
    kafka: str, kafka_log: KafkaLog, topics: Topics
) -> None:
    written = {await kafka_log.append(record(n)): record(n) for n in range(20)}
    with Reader(Connection(kafka)) as reader:
        for at, one in written.items():
            [found] = reader.fetch(at.topic, at.partition, [at.offset])
            assert found.key == one.key.encode()
            assert found.value == one.body
            assert found.headers == one.headers()


async def test_what_kafka_will_never_take_is_refused_and_others_go_on(kafka_log: KafkaLog) -> None:
    with pytest.raises(KafkaRefused, match="MSG_SIZE_TOO_LARGE"):
        await kafka_log.append(record(1, b"x" * 5 * MIB))
    assert (await kafka_log.append(record(1))).offset >= 0


async def test_readiness_names_what_is_wrong_with_the_topic(
    kafka_log: KafkaLog, topics: Topics
) -> None:
    producer = kafka_log.producer
    assert await KafkaReadiness(producer, topics.raw, PARTITIONS)() == []
    assert await KafkaReadiness(producer, topics.raw, 8)() == [
        f"topic {topics.raw} has 4 partitions, 8 expected"
    ]
    [missing] = await KafkaReadiness(producer, "no.such.topic", 4)()
    assert missing == "topic no.such.topic: UNKNOWN_TOPIC_OR_PART"
