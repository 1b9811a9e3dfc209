"""What may be committed, and what a rebalance voids."""

from __future__ import annotations

import asyncio

import pytest
from faust.types.tuples import TP

from app.faust_batch.open_batches import OpenBatches
from tests.unit.faust_batch.builders import SOURCE, SlowOutbox, batch


async def test_nothing_is_committable_before_a_batch_is_finished() -> None:
    open_, one = OpenBatches(), batch(0, 3)
    open_.add(one)
    assert one.begin()
    assert open_.committable(SOURCE) is None
    one.finish()
    assert open_.committable(SOURCE) == 3


async def test_nor_before_everything_it_sent_is_acknowledged() -> None:
    outbox = SlowOutbox()
    open_, one = OpenBatches(), batch(0, 3, outbox=outbox)
    open_.add(one)
    one.begin()
    await one.send("out", [(b"k", b"v", [], None)])
    await one.send("out", [(b"k", b"w", [], None)])
    one.finish()
    outbox.deliveries[1].future.set_result(None)
    assert open_.committable(SOURCE) is None
    outbox.deliveries[0].future.set_result(None)
    assert open_.committable(SOURCE) == 3


async def test_a_delivery_that_failed_is_never_committable() -> None:
    outbox = SlowOutbox()
    open_, one = OpenBatches(), batch(outbox=outbox)
    open_.add(one)
    one.begin()
    await one.send("out", [(b"k", b"v", [], None)])
    one.finish()
    outbox.deliveries[0].future.set_exception(OSError("refused"))
    assert open_.committable(SOURCE) is None


async def test_a_later_batch_waits_for_the_earlier_ones() -> None:
    open_, one, two = OpenBatches(), batch(0, 2), batch(2, 2)
    for each in (one, two):
        open_.add(each)
        each.begin()
    two.finish()
    assert open_.committable(SOURCE) is None
    one.finish()
    assert open_.committable(SOURCE) == 4


async def test_partitions_do_not_wait_for_each_other() -> None:
    other = TP("source", 1)
    open_, stuck, done = OpenBatches(), batch(0, 2), batch(7, 2, tp=other)
    open_.add(stuck)
    open_.add(done)
    done.begin()
    done.finish()
    assert open_.committable(SOURCE) is None
    assert open_.committable(other) == 9


async def test_what_is_safe_stays_so_until_it_is_committed() -> None:
    open_, one = OpenBatches(), batch(0, 2)
    open_.add(one)
    one.begin()
    one.finish()
    assert [open_.committable(SOURCE) for _ in range(2)] == [2, 2]


async def test_what_was_not_begun_is_void() -> None:
    open_, begun, waiting = OpenBatches(), batch(0, 2), batch(2, 2)
    open_.add(begun)
    open_.add(waiting)
    begun.begin()
    open_.void_waiting()
    assert not begun.void
    assert not waiting.begin()


async def test_what_follows_a_void_one_is_void() -> None:
    """Rows that it made would hide the records of the one before it, which are read again."""
    open_, waiting, later = OpenBatches(), batch(0, 2), batch(2, 2)
    open_.add(waiting)
    open_.void_waiting()
    open_.add(later)
    assert not later.begin()


async def test_what_was_begun_is_waited_for() -> None:
    open_, begun = OpenBatches(), batch()
    open_.add(begun)
    open_.add(batch(2, 2))
    begun.begin()
    waiting = asyncio.ensure_future(open_.until_idle())
    await asyncio.sleep(0)
    assert not waiting.done()
    begun.finish()
    await asyncio.wait_for(waiting, 1)


async def test_a_partition_that_was_taken_away_is_forgotten() -> None:
    open_, one = OpenBatches(), batch()
    open_.add(one)
    one.begin()
    one.finish()
    open_.committable(SOURCE)
    open_.add(waiting := batch(2, 2))
    open_.forget({SOURCE})
    assert open_.partitions() == []
    assert waiting.void
    with pytest.raises(KeyError):
        open_.committable(SOURCE)
