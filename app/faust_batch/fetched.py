"""Takes what aiokafka has fetched, a run of records at a time.

Answers aiokafka/consumer/fetcher.py `Fetcher.fetched_records`, `FetchResult.getall` and
`PartitionRecords`: they make a ConsumerRecord of every record, though the record as it was read
from the wire has all that is wanted; and they keep silent about a run that holds nothing but
markers of transactions, or nothing any more since it was compacted, although the position is then
beyond it: who waits for an end offset must know.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection
from typing import Any, NamedTuple

from aiokafka import TopicPartition
from aiokafka.consumer.fetcher import READ_COMMITTED, Fetcher, FetchResult
from aiokafka.errors import ConsumerStoppedError, CorruptRecordException

from app.faust_batch.batch import Record


class Run(NamedTuple):
    """Consecutive records of a partition, and the offset to go on from: beyond the last record
    where markers follow it. There may be no record at all."""

    records: list[Record]
    next_offset: int


Runs = dict[TopicPartition, Run]

FEW = 500  # records of a fetch: who gets fewer keeps up, unless they are very large


async def fetch(
    fetcher: Fetcher, partitions: Collection[TopicPartition], timeout: float, limit: int
) -> Runs:
    """What was fetched of these partitions, about `limit` records of it; waits up to `timeout`
    seconds for some. What is not taken stays there, compressed.

    Where many came, more is asked for at once, to be there when they are worked off. Where few
    came, not before the next call, or 0.1 s later by the fetcher itself: what is fetched while
    others are worked off does not hold what comes meanwhile, and the broker is not asked again
    until it is taken.
    """
    until = time.monotonic() + timeout
    while True:
        await _settled_assignment(fetcher)
        runs = _drain(fetcher, partitions, limit)
        if not (runs and is_few(runs)):
            _ask_for_more(fetcher)
        if runs:
            return runs
        left = until - time.monotonic()
        if left <= 0 or not await _news(fetcher, left):
            return {}


def is_few(runs: Runs) -> bool:
    return sum(len(run.records) for run in runs.values()) < FEW


async def end_fetches(fetcher: Any) -> None:
    """Before it is closed. Answers `Fetcher.close`, which awaits each request that it cancels:
    where one waits to be tried again, that raises, and the consumer's thread ends half-way. A
    consumer that never started has none."""
    if fetcher is None:
        return
    fetcher._closed = True
    tasks = [fetcher._fetch_task, *fetcher._pending_tasks]
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    fetcher._pending_tasks.clear()


async def _settled_assignment(fetcher: Any) -> None:
    if fetcher._subscriptions.reassignment_in_progress:
        await fetcher._subscriptions.wait_for_assignment()


async def _news(fetcher: Any, timeout: float) -> bool:
    """Whether something was fetched in time. Raises what fetching raised."""
    waiter = fetcher._create_fetch_waiter()
    done, _ = await asyncio.wait({waiter}, timeout=timeout)
    if not done:
        waiter.cancel()
        return False
    waiter.result()
    if fetcher._closed:
        raise ConsumerStoppedError()
    return True


def _drain(fetcher: Any, partitions: Collection[TopicPartition], limit: int) -> Runs:
    runs: Runs = {}
    fetched: dict[TopicPartition, Any] = fetcher._records
    for tp in list(fetched):
        if tp not in partitions:
            if not fetcher._subscriptions.is_assigned(tp):
                del fetched[tp]
            continue
        result = fetched[tp]
        if not isinstance(result, FetchResult):
            if runs:
                return runs  # the error is for the next call
            del fetched[tp]
            result.check_raise()
            continue
        run = take(result, limit)
        if not result.has_more():
            del fetched[tp]
        if run is not None:
            runs[tp] = run
            limit -= len(run.records)
            if limit <= 0:
                break
    return runs


def _ask_for_more(fetcher: Any) -> None:
    """Of the brokers of whom nothing is there any more."""
    fetcher._notify(fetcher._wait_consume_future)


def take(result: FetchResult, limit: int) -> Run | None:
    """Records of one fetch, until there are `limit` of them or more; None where the partition was
    sought, paused or taken away since."""
    owner: Any = result
    if not owner.has_more() or not owner.check_assignment(owner._topic_partition):
        return None
    fetched: Any = owner._partition_records
    fetched._records_iterator = None  # it and what was fetched would hold each other in memory
    run = Run(_unpack(fetched, limit), fetched.next_fetch_offset)
    owner._update_position()
    if not fetched._records.has_next():
        owner._partition_records = None
    return run


def _unpack(fetched: Any, limit: int) -> list[Record]:
    records: list[Record] = []
    while fetched._records.has_next() and len(records) < limit:
        batch = fetched._records.next_batch()
        if fetched._check_crcs and not batch.validate_crc():
            raise CorruptRecordException(f"wrong checksum in {fetched._tp} at {batch.base_offset}")
        if _is_visible(fetched, batch):
            run = list(batch)
            if run and run[0].offset < fetched.next_fetch_offset:
                run = [record for record in run if record.offset >= fetched.next_fetch_offset]
            records += run
        fetched.next_fetch_offset = batch.next_offset
    return records


def _is_visible(fetched: Any, batch: Any) -> bool:
    """Neither a marker nor, where only what is committed is read, of an aborted transaction."""
    if fetched._isolation_level == READ_COMMITTED and batch.producer_id is not None:
        fetched._consume_aborted_up_to(batch.base_offset)
        aborted = fetched._aborted_producers
        if batch.is_control_batch and fetched._contains_abort_marker(batch):
            aborted.discard(batch.producer_id)
        if batch.is_transactional and batch.producer_id in aborted:
            return False
    return not batch.is_control_batch
