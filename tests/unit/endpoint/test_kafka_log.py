"""The Kafka log where there is no Kafka."""

from __future__ import annotations

import asyncio

import pytest
from confluent_kafka import KafkaException

from app.core.webhook import RawRecord
from app.endpoint.errors import KafkaAway, Overloaded
from app.endpoint.health import KafkaReadiness
from app.endpoint.kafka_log import KafkaLog, producer_config
from app.kafka.connection import Connection
from tests.ports import free_port

BUDGET_S = 0.3


def record(body: bytes = b"{}") -> RawRecord:
    return RawRecord(
        partition=-1, offset=-1, key="s/call/1", body=body, id="0" * 32, source="s",
        type="varda.call.ended", received_at=0,
    )  # fmt: skip


def kafka_log(**settings: object) -> KafkaLog:
    config = producer_config(
        Connection(f"127.0.0.1:{free_port()}"), ack_timeout_s=BUDGET_S, max_message=2_000_000
    )
    return KafkaLog({**config, **settings}, "webhooks.raw", BUDGET_S)


async def test_without_kafka_an_append_fails_within_the_budget() -> None:
    log = kafka_log()
    results = await asyncio.gather(
        *(log.append(record()) for _ in range(50)), return_exceptions=True
    )
    assert [type(result) for result in results] == [KafkaAway] * 50
    assert all(result.silent for result in results if isinstance(result, KafkaAway))
    assert log.waiting == 0
    await log.close()


async def test_more_than_fits_is_refused_at_once() -> None:
    log = kafka_log(**{"queue.buffering.max.messages": 3})
    waiting = [log.append(record()) for _ in range(3)]
    with pytest.raises(Overloaded):
        log.append(record())
    await log.close()
    assert all(isinstance(future.exception(), KafkaAway) for future in waiting)


async def test_closing_takes_no_longer_than_its_time_and_leaves_nobody_waiting() -> None:
    log = kafka_log(**{"message.timeout.ms": 60_000})
    waiting = log.append(record())
    async with asyncio.timeout(15):
        await log.close()
    with pytest.raises(KafkaAway):
        await waiting


async def test_what_went_wrong_with_kafka_is_told() -> None:
    told: list[str] = []
    config = producer_config(
        Connection(f"127.0.0.1:{free_port()}"), ack_timeout_s=1, max_message=2_000_000
    )
    log = KafkaLog(config, "webhooks.raw", 1, on_error=told.append)
    with pytest.raises(KafkaAway):
        await log.append(record())
    await log.close()
    assert "_TRANSPORT" in told or "_ALL_BROKERS_DOWN" in told


async def test_readiness_says_that_kafka_does_not_answer() -> None:
    log = kafka_log()
    [what] = await KafkaReadiness(log.producer, "webhooks.raw", 4)()
    assert what.startswith("Kafka does not answer")
    await log.close()


def test_a_setting_that_librdkafka_does_not_know_is_an_error() -> None:
    async def make() -> None:
        kafka_log(**{"no.such.setting": 1})

    with pytest.raises(KafkaException):
        asyncio.run(make())
