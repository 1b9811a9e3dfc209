"""The consumer with transactions: who owns a partition, and what becomes of one that is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from typing import Any

import pytest
from faust.types.tuples import TP

from app.faust_batch.observer import Observer
from app.faust_batch.transactions.lost import Lost
from app.faust_batch.transactions.outputs import Part
from app.faust_batch.tuning import Tuning
from tests.unit.faust_batch.builders import Ended, app, records
from tests.unit.faust_batch.test_consumer import (
    ALL,
    CHANGELOG,
    SOURCE,
    Setting,
)

TUNING = Tuning(transaction_interval=0.001, fetch_interval=0)


class MemoryProducer:
    def __init__(self, source: TP, log: list[str]) -> None:
        self._source, self._log = source, log
        self.is_lost = False

    async def take_over(self, topics: Collection[str]) -> list[str]:
        assert set(topics) == {CHANGELOG.topic}
        await asyncio.sleep(0.001)
        self._log.append(f"took over {self._source.topic} {self._source.partition}")
        return []

    async def commit(self, parts: Sequence[Part], offset: int) -> None:
        if self.is_lost:
            raise Lost("id", 47)
        self._log.append(f"committed {self._source.partition} up to {offset}")


class Owning(Setting):
    """Owns its partitions, with producers in memory. `log` is what was done, in order."""

    def __init__(self) -> None:
        super().__init__(app(tuning=TUNING))
        self.log: list[str] = []
        self.producers: dict[TP, MemoryProducer] = {}
        consumer: Any = self.consumer
        consumer.writers._new_producer = self._new_producer
        consumer.app.producer.maybe_start = self._started

    async def _started(self) -> None: ...

    def _new_producer(self, source: TP) -> MemoryProducer:
        self.producers[source] = MemoryProducer(source, self.log)
        return self.producers[source]

    async def _assigned(self, assigned: set[TP], generation: int) -> None:
        self.log.append("assigned")
        await super()._assigned(assigned, generation)

    async def lose(self, tp: TP) -> None:
        """It notices when it commits."""
        [one] = await self.deliver(source=records(b"a"))
        self.table.rows(tp.partition)[b"k"] = b"never committed"
        self.producers[tp].is_lost = True
        one.begin()
        one.finish()
        await asyncio.wait_for(self.consumer.writers.settled(), 1)
        await asyncio.sleep(0)


@pytest.fixture
async def owning() -> AsyncIterator[Owning]:
    one = Owning()
    await one.consumer.on_partitions_assigned(ALL, 1)
    await one.open()
    yield one
    await one.consumer.writers.disown()


async def test_sources_are_taken_over_before_anybody_is_told_of_them(owning: Owning) -> None:
    assert sorted(owning.log[:2]) == ["took over source 0", "took over source 1"]
    assert owning.log[2:] == ["assigned"]


async def test_offsets_are_committed_with_what_was_made_and_not_again(owning: Owning) -> None:
    [one] = await owning.deliver(source=records(b"a", b"b"))
    one.begin()
    one.finish()
    await asyncio.wait_for(owning.consumer.writers.settled(), 1)
    assert owning.log[-1] == "committed 0 up to 2"
    assert await owning.consumer.commit()
    assert owning.thread.committed == {}


async def test_a_rebalance_waits_for_transactions(owning: Owning) -> None:
    [one] = await owning.deliver(source=records(b"a"))
    one.begin()
    one.finish()
    await asyncio.wait_for(owning.consumer.on_partitions_revoked(ALL), 1)
    assert owning.log[-1] == "committed 0 up to 1"
    assert one.settled


async def test_nothing_more_comes_of_a_partition_that_is_lost(owning: Owning) -> None:
    [waiting] = await owning.deliver(other=records(b"a"))
    await owning.lose(SOURCE)
    assert await owning.deliver(source=records(b"b", first=1)) == []
    assert waiting.begin()  # another partition's


async def test_the_transaction_that_a_loss_ends_is_told_of_once(owning: Owning) -> None:
    class Seen(Observer):
        def __init__(self) -> None:
            self.aborts: list[TP] = []

        def aborted(self, tp: TP) -> None:
            self.aborts.append(tp)

    seen = owning.consumer.app.observer = Seen()
    await owning.lose(SOURCE)
    assert seen.aborts == [SOURCE]


async def test_its_rows_are_dropped_when_it_is_taken_away(owning: Owning) -> None:
    await owning.lose(SOURCE)
    assert owning.table.rows(0)
    owning.table.rows(1)[b"k"] = b"stays"
    await asyncio.wait_for(owning.consumer.on_partitions_revoked(ALL), 1)
    assert (len(owning.table.rows(0)), len(owning.table.rows(1))) == (0, 1)


async def test_a_partition_that_nobody_takes_away_ends_the_process(owning: Owning) -> None:
    writers = owning.consumer.writers
    writer = writers._writers[SOURCE]
    await owning.lose(SOURCE)
    with pytest.raises(Ended, match="70"):
        writers._expect_gone(SOURCE, writer)
    await owning.consumer.on_partitions_revoked(ALL)
    writers._expect_gone(SOURCE, writer)


async def test_what_cannot_be_taken_over_ends_the_process(
    owning: Owning, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(self: MemoryProducer, topics: Collection[str]) -> list[str]:
        raise RuntimeError("not allowed")

    monkeypatch.setattr(MemoryProducer, "take_over", refuse)
    with pytest.raises(Ended, match="70"):
        await owning.consumer.on_partitions_assigned(ALL, 2)


async def test_a_worker_that_stops_leaves_off_taking_over(
    owning: Owning, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def take_long(self: MemoryProducer, topics: Collection[str]) -> list[str]:
        try:
            await asyncio.sleep(60)
        finally:
            owning.log.append("left off")
        return []

    monkeypatch.setattr(MemoryProducer, "take_over", take_long)
    before = len(owning.log)
    taking = asyncio.ensure_future(owning.consumer.on_partitions_assigned(ALL, 2))
    await asyncio.sleep(0.01)
    owning.consumer._stopped.set()
    await asyncio.wait_for(taking, 5)
    assert owning.log[before:] == ["left off", "left off"]


async def test_one_that_has_to_rejoin_while_it_stops_commits_what_is_begun(owning: Owning) -> None:
    [one] = await owning.deliver(source=records(b"a"))
    one.begin()
    owning.consumer.app._stopped.set()
    stopping = asyncio.ensure_future(owning.consumer.wait_empty())
    revoking = asyncio.ensure_future(owning.consumer.on_partitions_revoked(ALL))
    await asyncio.sleep(0.01)
    assert not (stopping.done() or revoking.done())
    one.finish()
    await asyncio.wait_for(asyncio.gather(stopping, revoking), 5)
    assert owning.log[-1] == "committed 0 up to 1"
