"""A topic that a broker has not named yet is asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiokafka.client import AIOKafkaClient
from aiokafka.structs import PartitionMetadata

from app.faust_batch.missing_topics import ask_for_missing


@pytest.fixture
async def client() -> AsyncIterator[AIOKafkaClient]:
    client = AIOKafkaClient(bootstrap_servers="127.0.0.1:1")
    client.cluster._partitions["raw"] = {0: PartitionMetadata("raw", 0, 1, [1], [1], None)}
    yield client
    await client.close()


def is_asked(client: AIOKafkaClient) -> bool:
    return client._md_update_waiter.done()


async def test_topics_that_are_known_are_not_asked_for(client: AIOKafkaClient) -> None:
    ask_for_missing(client, {"raw"})
    assert not is_asked(client)


async def test_a_topic_that_is_not_known_is_asked_for(client: AIOKafkaClient) -> None:
    ask_for_missing(client, {"raw", "rows"})
    assert is_asked(client)
