"""How long brokers have been silent, by what aiokafka notes of their connections."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

import pytest
from aiokafka.client import AIOKafkaClient
from aiokafka.conn import AIOKafkaConnection

from app.faust_batch.silence import Silence


@pytest.fixture
async def client() -> AsyncIterator[AIOKafkaClient]:
    client = AIOKafkaClient(bootstrap_servers="127.0.0.1:1")
    yield client
    client._conns.clear()
    await client.close()


def answered(client: AIOKafkaClient, seconds_ago: float) -> None:
    connection = AIOKafkaConnection("127.0.0.1", 1)
    connection._last_action = time.monotonic() - seconds_ago
    client._conns[len(client._conns), 0] = connection


async def test_the_last_answer_of_any_broker_counts(client: AIOKafkaClient) -> None:
    silence = Silence()
    silence._heard_at -= 100
    answered(client, 50)
    answered(client, 9)
    silence.listen(client)
    assert 9 <= silence.seconds < 10


async def test_a_connection_that_breaks_was_heard_all_the_same(client: AIOKafkaClient) -> None:
    silence = Silence()
    silence._heard_at -= 100
    answered(client, 9)
    silence.listen(client)
    client._conns.clear()
    silence.listen(client)
    assert 9 <= silence.seconds < 10
