"""The consumer between a thread that is in memory and a callback that keeps what it gets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from typing import Any

import pytest
from aiokafka.errors import IllegalStateError
from faust.types.tuples import TP

from app.faust_batch.app import App
from app.faust_batch.batch import Batch
from app.faust_batch.consumer import Consumer
from app.faust_batch.consumer_thread import ConsumerThread
from app.faust_batch.fetched import FEW, Run
from app.faust_batch.memory import MemoryRecord
from app.faust_batch.tuning import Tuning
from tests.unit.faust_batch.builders import app, records

SOURCE, OTHER, CHANGELOG = TP("source", 0), TP("source", 1), TP("state.things", 0)
ALL = {SOURCE, OTHER, CHANGELOG}


class MemoryThread(ConsumerThread):
    """What the broker would say, and what it was told."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.fetched: dict[TP, Run] = {}
        self.meanwhile: Callable[[], Any] = lambda: None
        self.committed: dict[TP, int] = {}
        self.refuses_commits = False
        self.sought: list[TP] = []
        self.paused: list[TP] = []

    def assignment(self) -> set[TP]:
        return set(ALL)

    def end_offset(self, tp: TP) -> int | None:
        return 100

    async def getmany(self, active_partitions: Any, timeout: float) -> Any:
        result = self.meanwhile()
        if asyncio.iscoroutine(result):
            await result
        return self.fetched

    async def commit(self, offsets: Mapping[TP, int]) -> bool:
        if not self.refuses_commits:
            self.committed.update(offsets)
        return not self.refuses_commits

    async def seek_sources(self, tps: Collection[TP]) -> dict[TP, int | None]:
        self.sought += tps
        return {tp: self.committed.get(tp) for tp in tps}

    async def pause(self, tps: Collection[TP]) -> None:
        self.paused += tps


class MemoryConsumer(Consumer):
    _thread: MemoryThread

    def _new_consumer_thread(self) -> MemoryThread:
        return MemoryThread(self, loop=self.loop, beacon=self.beacon)


class Setting:
    """A consumer whose sources flow, and the batches it delivered."""

    def __init__(self, one: App) -> None:
        self.batches: list[Batch] = []
        self.table = one.table("things", CHANGELOG.topic)
        self.tables: Any = one.tables
        one.topics.acking_topics.add(SOURCE.topic)
        self.consumer = MemoryConsumer(
            one.transport,
            callback=self._keep,
            on_partitions_revoked=self._revoked,
            on_partitions_assigned=self._assigned,
        )
        one.consumer = self.consumer
        self.thread = self.consumer._thread

    async def _keep(self, message: Any) -> None:
        self.batches.append(message.value)

    async def _revoked(self, revoked: set[TP]) -> None:
        self.consumer.stop_flow()
        await self.consumer.wait_empty()

    async def _assigned(self, assigned: set[TP], generation: int) -> None:
        self.consumer.pause_partitions(assigned)

    async def open(self) -> None:
        """As Faust's recovery does at its end."""
        self.consumer.resume_partitions({SOURCE, OTHER})
        await self.consumer.perform_seek()
        self.consumer.resume_flow()

    async def deliver(self, **fetched: list[MemoryRecord]) -> list[Batch]:
        places = {"source": SOURCE, "other": OTHER, "changelog": CHANGELOG}
        self.thread.fetched = {
            places[name]: Run(list(run), run[-1].offset + 1) for name, run in fetched.items()
        }
        before = len(self.batches)
        await self.consumer._drain_once()
        return self.batches[before:]


@pytest.fixture
async def setting() -> Setting:
    return Setting(app())


async def test_a_run_of_records_is_one_batch(setting: Setting) -> None:
    await setting.open()
    [one, two] = await setting.deliver(source=records(b"a", b"b", first=3), other=records(b"c"))
    assert (one.tp, [record.value for record in one.records]) == (SOURCE, [b"a", b"b"])
    assert (one.next_offset, one.lag, two.tp) == (5, 95, OTHER)


async def test_markers_alone_are_no_batch_but_recovery_is_told_of_them(setting: Setting) -> None:
    await setting.open()
    setting.consumer.resume_partitions({CHANGELOG})
    setting.tables.recovery.add_active(setting.table, CHANGELOG)
    setting.thread.fetched = {SOURCE: Run([], 4), CHANGELOG: Run(list(records(b"a")), 3)}
    await setting.consumer._drain_once()
    setting.thread.fetched = {CHANGELOG: Run([], 5)}
    await setting.consumer._drain_once()
    assert setting.tables.recovery.active_offsets[CHANGELOG] == 4
    assert (dict(setting.table.rows(0)), setting.table.rows(0).offset) == ({b"k": b"a"}, 4)
    assert setting.batches == []


async def test_where_few_records_come_some_are_awaited_before_they_are_taken() -> None:
    setting = Setting(app(tuning=Tuning(transactions=False, fetch_interval=60)))
    await setting.open()
    await asyncio.wait_for(setting.deliver(source=records(*[b"a"] * FEW)), 5)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(setting.deliver(source=records(b"b", first=FEW)), 0.02)
    assert len(setting.batches) == 2


async def test_sources_open_when_the_flow_resumes_and_not_before(setting: Setting) -> None:
    consumer = setting.consumer
    consumer.resume_partitions({SOURCE, CHANGELOG})
    assert consumer._get_active_partitions() == {CHANGELOG}
    await consumer.perform_seek()
    assert consumer._get_active_partitions() == {CHANGELOG}
    consumer.resume_flow()
    assert consumer._get_active_partitions() == ALL


async def test_sources_are_sought_and_changelogs_left_alone(setting: Setting) -> None:
    await setting.open()
    assert set(setting.thread.sought) == {SOURCE, OTHER}
    assert setting.thread.paused == [CHANGELOG]


async def test_what_was_fetched_before_a_reassignment_is_not_delivered(setting: Setting) -> None:
    await setting.open()
    setting.thread.meanwhile = lambda: setting.consumer.on_partitions_revoked(ALL)
    assert await setting.deliver(source=records(b"a")) == []


async def test_not_even_when_the_reassignment_is_over_before_the_fetch(setting: Setting) -> None:
    async def reassign() -> None:
        await setting.consumer.on_partitions_revoked(ALL)
        await setting.consumer.on_partitions_assigned(ALL, 2)
        await setting.open()

    await setting.open()
    setting.thread.meanwhile = reassign
    assert await setting.deliver(source=records(b"a")) == []


async def test_a_partition_that_is_not_active_is_not_delivered(setting: Setting) -> None:
    await setting.open()
    setting.thread.meanwhile = lambda: setting.consumer.pause_partitions({OTHER})
    assert [b.tp for b in await setting.deliver(source=records(b"a"), other=records(b"b"))] == [
        SOURCE
    ]


async def test_a_finished_batch_is_committed(setting: Setting) -> None:
    await setting.open()
    [one, two] = await setting.deliver(source=records(b"a", b"b"), other=records(b"c"))
    one.begin()
    one.finish()
    two.begin()
    assert await setting.consumer.commit()
    assert setting.thread.committed == {SOURCE: 2}


async def test_a_changelog_is_never_committed(setting: Setting) -> None:
    await setting.open()
    setting.consumer.resume_partitions({CHANGELOG})
    assert await setting.deliver(changelog=records(b"a")) == []
    assert not await setting.consumer.commit()


async def test_a_commit_that_failed_is_tried_again(setting: Setting) -> None:
    await setting.open()
    [one] = await setting.deliver(source=records(b"a"))
    one.begin()
    one.finish()
    setting.thread.refuses_commits = True
    assert not await setting.consumer.commit()
    setting.thread.refuses_commits = False
    assert await setting.consumer.commit()
    assert setting.thread.committed == {SOURCE: 1}


async def test_what_is_committed_is_not_committed_again(setting: Setting) -> None:
    await setting.open()
    [one] = await setting.deliver(source=records(b"a"))
    one.begin()
    one.finish()
    assert [await setting.consumer.commit() for _ in range(2)] == [True, False]


async def test_a_rebalance_finishes_and_commits_what_was_begun(setting: Setting) -> None:
    await setting.open()
    [begun] = await setting.deliver(source=records(b"a"))
    [waiting] = await setting.deliver(source=records(b"b", first=1))
    begun.begin()
    revoking = asyncio.ensure_future(setting.consumer.on_partitions_revoked(ALL))
    await asyncio.sleep(0.01)
    assert not revoking.done()
    begun.finish()
    await asyncio.wait_for(revoking, 1)
    assert setting.thread.committed == {SOURCE: 1}
    assert not waiting.begin()


async def test_after_a_rebalance_nothing_flows_until_it_is_recovered(setting: Setting) -> None:
    await setting.open()
    await setting.consumer.on_partitions_revoked(ALL)
    await setting.consumer.on_partitions_assigned(ALL, 2)
    setting.consumer.resume_partitions({CHANGELOG})
    setting.consumer.resume_flow()  # recovery begins
    assert setting.consumer._get_active_partitions() == {CHANGELOG}
    await setting.open()
    assert SOURCE in setting.consumer._get_active_partitions()


async def test_queues_that_fill_or_drain_change_nothing(setting: Setting) -> None:
    setting.consumer.on_buffer_full(SOURCE)
    setting.consumer.on_buffer_drop(SOURCE)
    assert setting.consumer._get_active_partitions() == set()


async def test_a_seek_that_a_rebalance_overtakes_is_void(setting: Setting) -> None:
    """Recovery, which asks for it, begins anew then, and does not say that the worker is ready."""

    async def overtaken(tps: Collection[TP]) -> dict[TP, int | None]:
        await setting.consumer.on_partitions_revoked(ALL)
        return dict.fromkeys(tps)

    setting.thread.seek_sources = overtaken  # type: ignore[method-assign]
    with pytest.raises(IllegalStateError):
        await setting.consumer.perform_seek()
    setting.consumer.resume_flow()
    assert not setting.consumer._get_active_partitions()


async def test_nothing_flows_in_a_worker_that_stops_while_it_recovers(setting: Setting) -> None:
    setting.consumer.stop_flow()
    setting.consumer.app._stopped.set()
    await setting.open()
    assert await setting.deliver(source=records(b"a")) == []
    setting.consumer.app.on_rebalance_end()
    assert not setting.consumer.app.is_ready
