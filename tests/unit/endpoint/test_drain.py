"""From the spool to the log, when Kafka takes it and only then."""

from __future__ import annotations

import asyncio

import pytest
from prometheus_client import CollectorRegistry, Counter

from app.core.webhook import RawRecord
from app.endpoint.breaker import Breaker
from app.endpoint.drain import IN_FLIGHT, Drain
from app.endpoint.errors import KafkaAway, KafkaRefused, Overloaded
from app.endpoint.log import MemoryLog, Position
from app.endpoint.spool.memory import MemorySpool
from tests.unit.endpoint.spool.webhooks import webhook


class CountingLog(MemoryLog):
    """It remembers how many were under way at once."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0
        self.under_way = 0
        self.most = 0
        self.refuses: set[str] = set()

    async def append(self, record: RawRecord) -> Position:
        self.asked += 1
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await asyncio.sleep(0)
        self.under_way -= 1
        if record.id in self.refuses:
            raise KafkaRefused("MSG_SIZE_TOO_LARGE")
        return await super().append(record)


class Draining:
    def __init__(self) -> None:
        self.spool = MemorySpool(10_000)
        self.log = CountingLog()
        self.breaker = Breaker()
        self.counter = Counter("drained", "So many.", registry=CollectorRegistry())
        self.drain = Drain(self.spool, self.log, self.breaker, self.counter)

    async def keep(self, count: int) -> None:
        for number in range(count):
            await self.spool.keep(webhook(number))


async def test_all_is_drained_oldest_first_several_hundred_at_once() -> None:
    test = Draining()
    await test.keep(1_200)
    await test.drain.once()
    assert test.log.records == [webhook(number) for number in range(1_200)]
    assert test.log.most == IN_FLIGHT
    assert test.spool.records == []
    assert test.counter._value.get() == 1_200  # pyright: ignore


async def test_while_kafka_is_away_one_is_tried_and_the_first_acknowledgement_ends_it() -> None:
    test = Draining()
    await test.keep(20)
    test.breaker.trip()
    test.log.failure = KafkaAway(silent=True)
    for turn in range(3):
        await test.drain.once()
        assert test.log.asked == turn + 1
    assert test.breaker.is_open
    test.log.failure = None
    await test.drain.once()
    assert not test.breaker.is_open
    assert len(test.log.records) == 20


async def test_kafka_going_away_while_it_drains_opens_the_breaker() -> None:
    test = Draining()
    await test.keep(3)
    test.log.failure = KafkaAway(silent=True)
    await test.drain.once()
    assert test.breaker.is_open
    assert len(test.spool.records) == 3


async def test_with_nothing_to_try_with_the_breaker_closes() -> None:
    test = Draining()
    test.breaker.trip()
    await test.drain.once()
    assert not test.breaker.is_open


async def test_before_the_topics_are_known_nothing_is_sent() -> None:
    test = Draining()
    await test.keep(3)
    test.breaker.hold()
    await test.drain.once()
    assert test.log.asked == 0
    assert test.breaker.is_open
    test.breaker.release()
    await test.drain.once()
    assert len(test.log.records) == 3
    assert not test.breaker.is_open


async def test_what_is_under_way_still_is_not_sent_again() -> None:
    test = Draining()
    fates = [asyncio.get_running_loop().create_future() for _ in range(2)]
    for number, fate in enumerate(fates):
        await test.spool.keep(webhook(number), fate)
    draining = asyncio.create_task(test.drain.once())
    await asyncio.sleep(0.01)
    assert test.log.asked == 0
    fates[0].set_result(True)
    fates[1].set_result(False)
    await draining
    await test.drain.once()
    assert test.log.records == [webhook(1)]
    assert test.spool.records == []


async def test_what_kafka_refuses_stops_no_other() -> None:
    test = Draining()
    await test.keep(5)
    test.log.refuses = {webhook(0).id, webhook(3).id}
    await test.drain.once()
    assert [record.id for record in test.log.records] == [webhook(n).id for n in (1, 2, 4)]
    assert test.spool.records == []


@pytest.mark.parametrize("failure", [Overloaded(), KafkaAway()])
async def test_what_kafka_cannot_take_now_stays(failure: Exception) -> None:
    test = Draining()
    await test.keep(5)
    test.log.failure = failure
    await test.drain.once()
    assert len(test.spool.records) == 5
    test.log.failure = None
    await test.drain.once()
    assert len(test.log.records) == 5
