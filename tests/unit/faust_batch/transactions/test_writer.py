"""Batches of a partition become transactions: which, in what order, and what when it is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence

import pytest

from app.faust_batch.batch import Batch
from app.faust_batch.transactions.lost import Lost
from app.faust_batch.transactions.outputs import Outputs, Part
from app.faust_batch.transactions.writer import Events, Writer
from tests.unit.faust_batch.builders import SOURCE, batch

INTERVAL_S = 0.001
LARGE = 1_000_000
VALUE = b"0123456789" * 10


class MemoryProducer:
    """Commits when it is told to, or raises."""

    def __init__(self) -> None:
        self.commits: list[tuple[list[str], int]] = []
        self.may = asyncio.Event()
        self.error: Exception | None = None

    async def take_over(self, topics: Collection[str]) -> list[str]:
        return []

    async def commit(self, parts: Sequence[Part], offset: int) -> None:
        self.commits.append(([part.topic for part in parts], offset))
        await self.may.wait()
        if self.error is not None:
            raise self.error
        for number, part in enumerate(parts):
            part.offset = 10 * number


class Setting:
    def __init__(self, most: int = LARGE) -> None:
        self.producer = MemoryProducer()
        self.lost: list[Lost] = []
        self.failed: list[BaseException] = []
        events = Events(
            lambda _part: None,
            lambda _tp, _batches, _seconds: None,
            lambda _tp, error: self.lost.append(error),
            lambda error, _what: self.failed.append(error),
        )
        self.writer = Writer(SOURCE, self.producer, events, INTERVAL_S, most)
        self._next = 0

    def add(self, count: int = 2) -> Batch:
        outputs = Outputs(self.writer.room, LARGE)
        one = batch(self._next, count, outbox=outputs)
        self._next = one.next_offset
        self.writer.add(one, outputs)
        return one

    async def process(self, one: Batch, *topics: str) -> None:
        for topic in topics:
            await one.send(topic, [(b"k", VALUE, [], 0)])
        one.finish()
        await asyncio.sleep(0.005)


@pytest.fixture
async def setting() -> AsyncIterator[Setting]:
    setting = Setting()
    yield setting
    await setting.writer.close()


async def test_a_batch_is_settled_when_its_transaction_is_committed(setting: Setting) -> None:
    one = setting.add()
    await setting.process(one, "events", "rows")
    assert setting.producer.commits == [(["events", "rows"], 2)]
    assert not one.settled
    setting.producer.may.set()
    await asyncio.wait_for(setting.writer.settled(), 1)
    assert one.settled
    assert [delivery.future.result() for delivery in one.deliveries[1:]] == [(0,), (10,)]


async def test_a_batch_that_makes_nothing_is_committed_as_well(setting: Setting) -> None:
    one = setting.add()
    setting.producer.may.set()
    await setting.process(one)
    assert setting.producer.commits == [([], 2)]
    assert one.settled


async def test_batches_finished_meanwhile_are_one_transaction(setting: Setting) -> None:
    batches = [setting.add() for _ in range(4)]
    for one in batches[:3]:
        await setting.process(one, "rows")
    assert setting.producer.commits == [(["rows"], 2)]
    setting.producer.may.set()
    await asyncio.wait_for(setting.writer.settled(), 1)
    assert setting.producer.commits == [(["rows"], 2), (["rows", "rows"], 6)]
    assert [one.settled for one in batches] == [True, True, True, False]


async def test_a_transaction_takes_no_more_than_it_may() -> None:
    setting = Setting(most=500)
    batches = [setting.add() for _ in range(6)]
    for one in batches:
        await one.send("rows", [(b"k", VALUE, [], 0)])
    for one in batches:
        one.finish()
    setting.producer.may.set()
    await asyncio.wait_for(setting.writer.settled(), 1)
    assert [offset for _, offset in setting.producer.commits] == [4, 8, 12]
    await setting.writer.close()


async def test_who_makes_more_than_is_committed_waits() -> None:
    setting = Setting(most=300)
    first, second, third = (setting.add() for _ in range(3))
    await setting.process(first, "rows")
    await setting.process(second, "rows")
    sending = asyncio.ensure_future(third.send("rows", [(b"k", VALUE, [], 0)]))
    await asyncio.sleep(0.01)
    assert not sending.done()
    setting.producer.may.set()
    await asyncio.wait_for(sending, 1)
    await setting.writer.close()


async def test_nothing_of_a_partition_that_is_lost_is_ever_settled(setting: Setting) -> None:
    one, two = setting.add(), setting.add()
    await setting.process(one, "rows")
    setting.producer.error = Lost("id", 47)
    setting.producer.may.set()
    await asyncio.sleep(0.01)
    assert setting.writer.lost
    assert [str(error) for error in setting.lost] == [
        "id: another worker has taken it over (INVALID_PRODUCER_EPOCH)"
    ]
    await setting.process(two, "rows")  # was at work: it is not kept waiting, for nothing
    late = setting.add()
    await setting.process(late, "rows")
    await asyncio.wait_for(setting.writer.settled(), 1)
    assert [each.settled for each in (one, two, late)] == [False, False, False]
    assert len(setting.producer.commits) == 1
    assert setting.failed == []


async def test_what_breaks_is_told(setting: Setting) -> None:
    one = setting.add()
    setting.producer.error = ValueError("broken")
    setting.producer.may.set()
    await setting.process(one)
    assert [str(error) for error in setting.failed] == ["broken"]
    assert not one.settled
