"""Faults of faust-streaming 0.15 that app.faust_batch answers, each reproduced on stock Faust.

A test that fails here says that Faust has mended its fault: the override that it names can go.
Those that need a broker to be seen are in tests/integration/test_stock_faust.py.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import faust
import pytest
from faust.transport.drivers import aiokafka as driver
from faust.transport.producer import ProducerBuffer
from faust.types.tuples import TP, ConsumerMessage

SOURCE = TP("source", 0)


async def nothing(*_: Any) -> None: ...


class StockConsumer(driver.Consumer):
    """Stock but for the broker: `commits` are what it was asked to commit, and refused."""

    def __post_init__(self) -> None:
        self.commits: list[dict[TP, int]] = []

    def assignment(self) -> set[TP]:
        return {SOURCE}

    async def _commit(self, offsets: Mapping[TP, int]) -> bool:
        self.commits.append(dict(offsets))
        return False


class Stock:
    """An app as Faust makes it, never connected; it is to take `source`."""

    def __init__(self) -> None:
        self.app = faust.App("stock", broker="kafka://127.0.0.1:1", web_enabled=False)
        self.app.topics.acking_topics.add(SOURCE.topic)
        self.app.flow_control.resume()
        self.consumer = StockConsumer(
            self.app.transport,
            callback=nothing,
            on_partitions_revoked=nothing,
            on_partitions_assigned=nothing,
        )
        self.consumer.__post_init__()
        self.app.consumer = self.consumer

    def event(self, offset: int) -> Any:
        message = ConsumerMessage(
            topic=SOURCE.topic,
            partition=SOURCE.partition,
            offset=offset,
            timestamp=0.0,
            timestamp_type=0,
            headers=None,
            key=None,
            value=b"value",
            checksum=None,
            serialized_key_size=0,
            serialized_value_size=0,
            tp=SOURCE,
            generation_id=self.app.consumer_generation_id,
        )
        message.incref()
        return self.app.create_event(None, b"value", None, message)  # type: ignore[arg-type]


@pytest.fixture
async def stock() -> Stock:
    return Stock()


async def test_an_event_whose_agent_raised_is_acknowledged(
    stock: Stock, caplog: pytest.LogCaptureFixture
) -> None:
    """faust/streams.py `Stream._c_aiter` (and `_py_aiter`) acknowledges in a `finally`, so that
    its offset is committed and nobody reads it again. Answered by `agent.process`, which ends the
    process, and by `Consumer._new_offset`, which asks `OpenBatches` instead of acknowledgements.
    """
    caplog.set_level(logging.CRITICAL)

    async def raises(stream: Any) -> None:
        async for _ in stream:
            raise ValueError("the record was not processed")

    agent: Any = stock.app.agent(stock.app.topic(SOURCE.topic))(raises)
    agent.supervisor = SimpleNamespace(wakeup=lambda: None)  # it would start the agent again
    actor = agent()
    await actor.stream.channel.put(stock.event(0))
    await agent._execute_actor(actor, actor)
    assert actor.crashed
    for _ in range(100):
        await asyncio.sleep(0)  # the stream's generator is closed by the loop
    assert stock.consumer._new_offset(SOURCE) == 1


async def test_flush_gives_up_while_messages_are_queued(stock: Stock) -> None:
    """faust/transport/producer.py `ProducerBuffer.flush_atmost` returns after 0.1 s in which no
    message left; the commit that called it goes on. Answered by `Producer.flush`.
    """
    leaving = asyncio.Event()

    async def publish(*_: Any, **__: Any) -> None:
        await leaving.wait()  # the broker is slow

    message = SimpleNamespace(message=SimpleNamespace(channel=SimpleNamespace()))
    message.message.channel.publish_message = publish
    buffer = ProducerBuffer()
    buffer.app = stock.app
    async with buffer:
        for _ in range(3):
            buffer.put(message)  # type: ignore[arg-type]
        await buffer.flush()
        assert buffer.size > 0
        leaving.set()
        while buffer.size:
            await asyncio.sleep(0)


async def test_a_changelog_record_that_the_broker_refused_is_only_logged(
    stock: Stock, caplog: pytest.LogCaptureFixture
) -> None:
    """faust/topics.py `Topic._on_published`: the row is in memory, and nowhere else. Answered by
    `Producer._on_delivery`, which ends the process.
    """
    caplog.set_level(logging.CRITICAL)
    table = stock.app.Table("things", partitions=1)
    sent = table.changelog_topic.as_future_message(b"key", b"row", partition=0)
    refused: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    refused.set_exception(ConnectionError("refused"))
    table.changelog_topic._on_published(refused, sent, None, None)  # type: ignore[attr-defined]
    assert isinstance(sent.exception(), ConnectionError)
    assert not stock.app.crashed


async def test_a_commit_that_failed_counts_as_committed(stock: Stock) -> None:
    """faust/transport/consumer.py `Consumer._commit_offsets`: the offset is not committed again.
    Answered by `Consumer._commit_offsets`.
    """
    stock.app.producer = SimpleNamespace(flush=nothing)  # type: ignore[assignment]
    for _ in range(2):
        stock.consumer._acked[SOURCE] = [0]
        assert not await stock.consumer.commit()
    assert stock.consumer.commits == [{SOURCE: 1}]
    assert stock.consumer._committed_offset[SOURCE] == 1


async def test_a_queue_that_drains_wakes_a_paused_partition(stock: Stock) -> None:
    """faust/transport/consumer.py `Consumer.on_buffer_drop` knows nothing of pauses: the source
    is fetched while its tables are recovered. Answered by `Consumer.on_buffer_full` and
    `on_buffer_drop`, which do nothing.
    """
    consumer = stock.consumer
    consumer._set_active_tps({SOURCE})
    consumer.on_buffer_full(SOURCE)
    consumer.pause_partitions({SOURCE})
    consumer.on_buffer_drop(SOURCE)
    assert SOURCE in consumer._get_active_partitions() & consumer._paused_partitions


async def test_a_rebalance_closes_the_consumer_of_a_worker_that_stops_and_has_work_to_commit(
    stock: Stock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """faust/app/base.py `App._on_rebalance_when_stopped`. Answered by `App`, and by `Consumer`,
    which commits that work first.
    """
    closed: list[bool] = []
    monkeypatch.setattr(stock.consumer, "close", lambda: closed.append(True))
    stock.app._stopped.set()
    await stock.app._on_partitions_revoked({SOURCE})
    assert closed
