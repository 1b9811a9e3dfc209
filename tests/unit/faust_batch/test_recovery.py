"""Runs of changelogs on their way into tables."""

from __future__ import annotations

from typing import Any

import pytest
from faust.types.tuples import TP

from app.faust_batch.app import App
from app.faust_batch.batch import Batch
from app.faust_batch.memory import MemoryTopics
from app.faust_batch.observer import Observer
from app.faust_batch.recovery import Recovery
from app.faust_batch.table import Table
from tests.unit.faust_batch.builders import app, records

CHANGELOG = "state.things"
ACTIVE, STANDBY, ELSEWHERE = (TP(CHANGELOG, number) for number in range(3))


def run(tp: TP, *values: bytes, first: int = 0, next_offset: int | None = None) -> Batch:
    return Batch(tp, records(*values, first=first), MemoryTopics(), None, next_offset)


class Changelogs:
    """As much of a consumer as recovery asks where changelogs begin and end."""

    def __init__(self, start: int, end: int) -> None:
        self.start, self.end = start, end
        self.sought: dict[TP, int] = {}

    async def earliest_offsets(self, *tps: TP) -> dict[TP, int]:
        return dict.fromkeys(tps, self.start)

    async def highwaters(self, *tps: TP) -> dict[TP, int]:
        return dict.fromkeys(tps, self.end)

    async def seek_wait(self, offsets: dict[TP, int]) -> None:
        self.sought = offsets


@pytest.fixture
async def worker() -> App:
    worker = app()
    table = worker.table("things", CHANGELOG)
    recovery, _ = parts(worker)
    recovery.add_active(table, ACTIVE)
    recovery.add_standby(table, STANDBY)
    return worker


def parts(worker: App) -> tuple[Recovery, Table]:
    tables: Any = worker.tables
    return tables.recovery, tables["things"]


async def test_it_ends_when_the_last_run_reaches_the_end(worker: App) -> None:
    recovery, table = parts(worker)
    recovery.active_highwaters[ACTIVE] = 3
    recovery._set_recovery_started()
    recovery.restore(run(ACTIVE, b"1", b"2"))
    assert recovery.in_recovery
    assert not recovery.signal_recovery_end.is_set()
    recovery.restore(run(ACTIVE, b"3", first=2, next_offset=4))  # the last one is a marker
    assert not recovery.in_recovery
    assert recovery.signal_recovery_end.is_set()
    assert (dict(table.rows(0)), table.rows(0).offset) == ({b"k": b"3"}, 3)


async def test_the_end_of_one_is_not_the_end_of_the_next(worker: App) -> None:
    recovery, _ = parts(worker)
    recovery._set_recovery_started()
    recovery.restore(run(ACTIVE, b"1"))
    assert recovery.signal_recovery_end.is_set()
    recovery._set_recovery_started()
    assert not recovery.signal_recovery_end.is_set()


async def test_a_standby_follows_and_no_other_partition_does(worker: App) -> None:
    recovery, table = parts(worker)
    recovery.restore(run(STANDBY, b"1"))
    recovery.restore(run(ELSEWHERE, b"1"))
    assert recovery.standby_offsets[STANDBY] == 0
    assert dict(table.rows(1)) == {b"k": b"1"}
    assert dict(table.rows(2)) == {}


@pytest.mark.parametrize(
    ("start", "end", "sought", "kept"), [(0, 9, 2, 1), (2, 9, 2, 1), (3, 9, 3, 0), (0, 1, 0, 0)]
)
async def test_it_goes_on_after_what_rows_include(
    worker: App, start: int, end: int, sought: int, kept: int
) -> None:
    recovery, table = parts(worker)
    table.restore(run(ACTIVE, b"1", b"2"))
    changelogs = Changelogs(start, end)
    await recovery._build_offsets(changelogs, {ACTIVE}, recovery.active_offsets, "active")
    await recovery._seek_offsets(changelogs, {ACTIVE}, recovery.active_offsets, "active")
    assert changelogs.sought == {ACTIVE: sought}
    assert len(table.rows(0)) == kept


async def test_it_is_told_for_whom_a_run_is(worker: App) -> None:
    told: list[tuple[str, int, bool]] = []

    class Seen(Observer):
        def restored(self, table: str, run: Batch, standby: bool) -> None:
            told.append((table, run.partition, standby))

    worker.observer = Seen()
    recovery, _ = parts(worker)
    for tp in (ACTIVE, STANDBY, ELSEWHERE):
        recovery.restore(run(tp, b"1"))
    assert told == [("things", ACTIVE.partition, False), ("things", STANDBY.partition, True)]
