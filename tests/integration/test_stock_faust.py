"""Faults of faust-streaming 0.15 and aiokafka 0.14 that need a broker to be seen; the others are in
tests/unit/faust_batch/test_stock_faust.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import faust
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaConnectionError
from aiokafka.protocol.fetch import FetchRequest
from faust.tables.recovery import Recovery
from faust.types.tuples import TP

from app.faust_batch.fetched import end_fetches
from app.faust_batch.leaving import leave
from app.kafka.admin import administration
from app.kafka.connection import Connection
from app.kafka.provision import apply
from app.kafka.topics import Topic


@pytest.fixture
async def source(kafka: str, prefix: str) -> TopicPartition:
    with administration(Connection(kafka)) as admin:
        apply(admin, [Topic(f"{prefix}source", partitions=1, replication=1, config={})])
    return TopicPartition(f"{prefix}source", 0)


@pytest.fixture
async def consumer(kafka: str, source: TopicPartition) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = AIOKafkaConsumer(
        bootstrap_servers=kafka,
        group_id=f"{source.topic}.group",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
    )
    await consumer.start()
    consumer.assign([source])
    yield consumer
    await consumer.stop()


async def test_a_partition_without_a_commit_is_left_where_it_stands(
    kafka: str, source: TopicPartition, consumer: AIOKafkaConsumer
) -> None:
    """aiokafka `AIOKafkaConsumer.seek_to_committed`, which faust/transport/consumer.py
    `Consumer.perform_seek` asks for after a rebalance: what was read and not committed is not read
    again. Answered by `ConsumerThread.seek_sources`.
    """
    async with AIOKafkaProducer(bootstrap_servers=kafka) as producer:
        await producer.send_and_wait(source.topic, b"value", partition=0)
    await consumer.getone()
    assert await consumer.seek_to_committed() == {source: None}
    assert await consumer.position(source) == 1


async def test_recovery_waits_for_the_marker_of_a_transaction(
    kafka: str, source: TopicPartition, consumer: AIOKafkaConsumer
) -> None:
    """faust/tables/recovery.py `Recovery._build_highwaters` and `need_recovery`: the marker takes
    the last offset of the log, and is never delivered. Answered by `fetched`, whose runs reach as
    far as the consumer's position, and `Recovery.restore`, which goes by them.
    """
    producing = AIOKafkaProducer(bootstrap_servers=kafka, transactional_id=source.topic)
    async with producing as producer, producer.transaction():
        await producer.send_and_wait(source.topic, b"row", partition=0)
    last = await consumer.getone()
    recovery = Recovery(faust.App("stock"), None)  # type: ignore[arg-type]
    changelog = TP(*source)
    ends = await consumer.end_offsets([source])
    recovery.active_highwaters[changelog] = ends[source] - 1
    recovery.active_offsets[changelog] = last.offset
    assert await consumer.getmany(timeout_ms=500) == {}
    assert await consumer.position(source) == ends[source]
    assert recovery.need_recovery()


@pytest.fixture
async def refused(
    kafka: str, source: TopicPartition, monkeypatch: pytest.MonkeyPatch
) -> AIOKafkaConsumer:
    """A consumer whose fetches fail, and wait to be tried again."""
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka, retry_backoff_ms=60_000)
    await consumer.start()
    send, failed = consumer._client.send, asyncio.Event()

    async def fail(node: Any, request: Any, **more: Any) -> Any:
        if isinstance(request, FetchRequest):
            failed.set()
            raise KafkaConnectionError
        return await send(node, request, **more)

    monkeypatch.setattr(consumer._client, "send", fail)
    consumer.assign([source])
    async with asyncio.timeout(10):
        await failed.wait()
    return consumer


async def test_a_fetch_that_is_to_be_tried_again_breaks_the_stop(
    refused: AIOKafkaConsumer,
) -> None:
    """aiokafka/consumer/fetcher.py `Fetcher.close`: the thread of Faust's consumer ends half-way
    so, and the worker waits for it for ever. Answered by `fetched.end_fetches`.
    """
    with pytest.raises(asyncio.CancelledError):
        await refused.stop()
    await refused._client.close()


async def test_a_consumer_that_never_started_has_no_fetches_to_end(kafka: str) -> None:
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka)
    await end_fetches(consumer._fetcher)
    await consumer.stop()


async def test_a_fetch_that_was_ended_does_not(refused: AIOKafkaConsumer) -> None:
    await end_fetches(refused._fetcher)
    async with asyncio.timeout(5):
        await refused.stop()


@pytest.fixture
async def joining(kafka: str, source: TopicPartition) -> AsyncIterator[AIOKafkaConsumer]:
    """A consumer that joins its group anew, which another member does not do for long."""

    def member() -> AIOKafkaConsumer:
        group = f"{source.topic}.group"
        return AIOKafkaConsumer(bootstrap_servers=kafka, group_id=group, session_timeout_ms=30_000)

    silent, joining = member(), member()
    for consumer in (silent, joining):
        await consumer.start()
    silent.subscribe([source.topic])
    async with asyncio.timeout(10):
        while not silent.assignment():
            await asyncio.sleep(0.05)
    silent._coordinator._coordination_task.cancel()
    joining.subscribe([source.topic])
    await asyncio.sleep(0.5)
    yield joining
    await silent._client.close()


async def test_a_consumer_that_joins_a_group_stops_when_all_others_have_joined(
    joining: AIOKafkaConsumer,
) -> None:
    """aiokafka/consumer/group_coordinator.py `GroupCoordinator.close`. Answered by
    `leaving.leave`.
    """
    stopping = asyncio.ensure_future(joining.stop())
    done, _ = await asyncio.wait({stopping}, timeout=2)
    assert not done
    await leave(joining._coordinator)


async def test_a_consumer_that_leaves_does_not_wait_for_them(joining: AIOKafkaConsumer) -> None:
    await leave(joining._coordinator)
    async with asyncio.timeout(2):
        await joining.stop()
