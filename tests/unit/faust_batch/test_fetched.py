"""Runs of records out of what the broker sent, as bytes; each beside what aiokafka makes of it."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Sequence
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.consumer.fetcher import (
    READ_COMMITTED,
    READ_UNCOMMITTED,
    Fetcher,
    FetchError,
    FetchResult,
    PartitionRecords,
)
from aiokafka.consumer.subscription_state import Assignment, SubscriptionState
from aiokafka.errors import CorruptRecordException, UnknownError
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.memory_records import MemoryRecords

from app.faust_batch.fetched import FEW, Run, fetch, take

PLACE, OTHER = TopicPartition("source", 0), TopicPartition("source", 1)
COMMIT, ABORT = b"\0\0\0\1", b"\0\0\0\0"
ALL = 1_000


def batch(first: int, count: int, producer: int = -1, transactional: bool = False) -> bytes:
    builder = DefaultRecordBatchBuilder(2, 0, int(transactional), producer, 0, 0, 1_000_000)
    for n in range(count):
        builder.append(n, 5_000 + n, b"k%d" % n, b"v%d" % (first + n), [("h", b"1")])
    return _at(first, bytes(builder.build()))


def marker(at: int, producer: int, what: bytes) -> bytes:
    builder = DefaultRecordBatchBuilder(2, 0, 1, producer, 0, 0, 1_000_000)
    builder.append(0, 5_000, what, b"\0\0\0\0\0\0", [])
    data = bytearray(builder.build())
    data[22] |= 0x20  # a control batch
    return _at(at, bytes(data))


def _at(first: int, data: bytes) -> bytes:
    return first.to_bytes(8, "big") + data[8:]  # the broker sets it; the checksum begins later


def fetched(
    data: bytes,
    at: int = 0,
    aborted: Sequence[tuple[int, int]] = (),
    isolation: int = READ_UNCOMMITTED,
    crcs: bool = False,
) -> PartitionRecords:
    return PartitionRecords(
        PLACE, MemoryRecords(data), list(aborted), at, None, None, crcs, isolation
    )


def result(found: PartitionRecords, tp: TopicPartition = PLACE) -> FetchResult:
    assignment: Any = Assignment({tp})
    assignment.state_value(tp).seek(found.next_fetch_offset)
    return FetchResult(tp, assignment=assignment, partition_records=found, backoff=0)


def taken(found: PartitionRecords, limit: int = ALL) -> Run:
    run = take(result(found), limit)
    assert run is not None
    return run


LOGS = {
    "plain": (batch(0, 3) + batch(3, 2), 0, ()),
    "from the middle of a batch": (batch(0, 3) + batch(3, 2), 1, ()),
    "with a hole that compaction left": (batch(0, 1) + batch(7, 2), 0, ()),
    "a batch that compaction emptied": (batch(0, 1) + batch(1, 0), 0, ()),
    "a committed transaction": (batch(0, 2, 9, True) + marker(2, 9, COMMIT), 0, ()),
    "markers alone": (marker(0, 9, COMMIT) + marker(1, 9, COMMIT), 0, ()),
    "an aborted transaction": (
        batch(0, 2, 9, True) + marker(2, 9, ABORT) + batch(3, 1, 9, True) + marker(4, 9, COMMIT),
        0,
        ((9, 0),),
    ),
    "an aborted transaction between another's records": (
        batch(0, 1, 9, True) + batch(1, 1, 8, True) + marker(2, 9, ABORT) + marker(3, 8, COMMIT),
        0,
        ((9, 0),),
    ),
}


@pytest.mark.parametrize("isolation", [READ_UNCOMMITTED, READ_COMMITTED])
@pytest.mark.parametrize("name", LOGS)
async def test_a_run_has_the_records_that_aiokafka_makes_and_ends_where_it_ends(
    name: str, isolation: int
) -> None:
    data, at, aborted = LOGS[name]
    stock = fetched(data, at, aborted, isolation)
    theirs: list[Any] = list(stock)
    run = taken(fetched(data, at, aborted, isolation))
    assert run.next_offset == stock.next_fetch_offset
    assert [
        (one.offset, one.timestamp, one.key, one.value, list(one.headers)) for one in run.records
    ] == [(one.offset, one.timestamp, one.key, one.value, list(one.headers)) for one in theirs]


async def test_a_run_without_records_still_says_where_to_go_on() -> None:
    assert taken(fetched(marker(4, 9, COMMIT), at=4)) == Run([], 5)


async def test_what_exceeds_the_limit_stays_for_the_next_call() -> None:
    found = result(fetched(batch(0, 3) + batch(3, 3) + batch(6, 1)))
    runs = [take(found, 4), take(found, 4), take(found, 4)]
    assert [None if run is None else run.next_offset for run in runs] == [6, 7, None]
    assert not found.has_more()


async def test_what_was_fetched_is_let_go_when_it_is_taken() -> None:
    found = fetched(batch(0, 3))
    there = weakref.ref(found)
    gc.disable()  # nothing but references may hold it
    try:
        run = taken(found)
        del found
        assert there() is None
    finally:
        gc.enable()
    assert len(run.records) == 3


async def test_what_was_fetched_before_a_seek_is_no_run() -> None:
    found: Any = result(fetched(batch(0, 3)))
    found._assignment.state_value(PLACE).seek(20)
    assert take(found, ALL) is None


async def test_a_wrong_checksum_is_an_error() -> None:
    data = bytearray(batch(0, 3))
    data[-3] ^= 1
    with pytest.raises(CorruptRecordException, match="source"):
        take(result(fetched(bytes(data), crcs=True)), ALL)


class FetcherInMemory(Fetcher):
    """Holds what is put into it."""

    def __init__(self) -> None:
        self._records: dict[TopicPartition, Any] = {}
        self._subscriptions: Any = SubscriptionState()
        self._subscriptions.subscribe({"source"})
        self._subscriptions.assign_from_subscribed({PLACE, OTHER})
        self._subscriptions._reassignment_in_progress = False
        self._fetch_waiters: Any = set()
        self._wait_consume_future: Any = asyncio.get_running_loop().create_future()
        self._loop: Any = asyncio.get_running_loop()
        self._closed = False

    def put(self, tp: TopicPartition, what: Any) -> None:
        self._records[tp] = what
        for waiter in self._fetch_waiters:
            self._notify(waiter)


async def test_all_partitions_asked_for_are_taken() -> None:
    fetcher = FetcherInMemory()
    fetcher.put(PLACE, result(fetched(batch(0, 2))))
    fetcher.put(OTHER, result(fetched(batch(0, 3)), OTHER))
    runs = await fetch(fetcher, {PLACE, OTHER}, 0, ALL)
    assert {tp: len(run.records) for tp, run in runs.items()} == {PLACE: 2, OTHER: 3}


async def test_where_many_came_more_is_asked_for_at_once() -> None:
    fetcher = FetcherInMemory()
    fetcher.put(PLACE, result(fetched(batch(0, FEW))))
    assert await fetch(fetcher, {PLACE}, 0, ALL)
    assert fetcher._wait_consume_future.done()


async def test_where_few_came_more_is_asked_for_when_they_are_worked_off() -> None:
    fetcher = FetcherInMemory()
    fetcher.put(PLACE, result(fetched(batch(0, FEW - 1))))
    assert await fetch(fetcher, {PLACE}, 0, ALL)
    assert not fetcher._wait_consume_future.done()
    assert await fetch(fetcher, {PLACE}, 0, ALL) == {}
    assert fetcher._wait_consume_future.done()


async def test_partitions_not_asked_for_stay() -> None:
    fetcher = FetcherInMemory()
    fetcher.put(PLACE, result(fetched(batch(0, 2))))
    assert await fetch(fetcher, {OTHER}, 0, ALL) == {}
    assert PLACE in fetcher._records


async def test_the_limit_is_for_all_partitions_together() -> None:
    fetcher = FetcherInMemory()
    fetcher.put(PLACE, result(fetched(batch(0, 2))))
    fetcher.put(OTHER, result(fetched(batch(0, 3)), OTHER))
    assert set(await fetch(fetcher, {PLACE, OTHER}, 0, 2)) == {PLACE}
    assert set(await fetch(fetcher, {PLACE, OTHER}, 0, 2)) == {OTHER}


async def test_what_comes_while_it_waits_is_taken() -> None:
    fetcher = FetcherInMemory()
    fetching = asyncio.ensure_future(fetch(fetcher, {PLACE}, 5, ALL))
    await asyncio.sleep(0.01)
    fetcher.put(PLACE, result(fetched(batch(0, 2))))
    assert set(await asyncio.wait_for(fetching, 1)) == {PLACE}


async def test_an_error_comes_after_what_was_fetched_before_it() -> None:
    fetcher = FetcherInMemory()
    fetcher.put(PLACE, result(fetched(batch(0, 2))))
    fetcher.put(OTHER, FetchError(error=UnknownError("broken"), backoff=0))
    assert set(await fetch(fetcher, {PLACE, OTHER}, 0, ALL)) == {PLACE}
    with pytest.raises(UnknownError):
        await fetch(fetcher, {PLACE, OTHER}, 0, ALL)
    assert await fetch(fetcher, {PLACE, OTHER}, 0, ALL) == {}
