"""A table and its changelog."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable
from types import SimpleNamespace

import pytest
from faust.types.tuples import TP

from app.faust_batch.batch import Batch, Record
from app.faust_batch.memory import MemoryTopics
from app.faust_batch.rows import Change, Held, MemoryRows
from app.faust_batch.table import Table
from tests.unit.faust_batch.builders import Ended, SlowOutbox, app, batch, records

CHANGELOG = "state.things"


def table_and_topics() -> tuple[Table, MemoryTopics]:
    return app().table("things", CHANGELOG), MemoryTopics()


def run(partition: int, changelog: Iterable[Record]) -> Batch:
    """Records of the changelog as the consumer hands them over."""
    return Batch(TP(CHANGELOG, partition), list(changelog), MemoryTopics())


async def test_its_changelog_is_the_very_topic_given() -> None:
    table, _ = table_and_topics()
    assert table.changelog_topic_name == CHANGELOG
    assert table.changelog_topic.get_topic_name() == CHANGELOG


async def test_changes_go_to_the_partition_of_their_batch() -> None:
    table, topics = table_and_topics()
    one = batch(tp=TP("source", 3), outbox=topics)
    await table.write(one, [(b"a", b"1"), (b"b", None)])
    written = topics.topics[CHANGELOG][3]
    assert [(record.key, record.value) for record in written] == [(b"a", b"1"), (b"b", None)]
    assert len(one.deliveries) == 1


async def test_no_change_is_nothing_sent() -> None:
    table, topics = table_and_topics()
    await table.write(batch(outbox=topics), [])
    assert not topics.topics


async def test_rows_include_what_they_were_written_as() -> None:
    table, topics = table_and_topics()
    await table.write(batch(outbox=topics), [(b"a", b"1"), (b"b", b"2")])
    await asyncio.sleep(0)
    assert table.rows(0).offset == 1
    assert table.persisted_offset(TP(CHANGELOG, 0)) == 1


async def test_what_another_worker_wrote_in_between_is_still_to_be_read() -> None:
    table, topics = table_and_topics()
    await table.write(batch(outbox=topics), [(b"a", b"1")])
    await asyncio.sleep(0)
    topics.append(CHANGELOG, 0, [(b"a", b"the other's", [], None)])
    await table.write(batch(outbox=topics), [(b"a", b"2")])
    await asyncio.sleep(0)
    assert table.rows(0).offset == 0


async def test_rows_come_from_runs_of_the_changelog() -> None:
    table, _ = table_and_topics()
    table.restore(run(0, records(b"1", b"2", key=b"a")))
    table.restore(run(2, records(b"3", key=b"a")))
    assert (table.rows(0)[b"a"], table.rows(2)[b"a"]) == (b"2", b"3")
    assert table.persisted_offset(TP(CHANGELOG, 0)) == 1


@pytest.mark.parametrize(
    ("start", "end", "goes_on"),
    [
        (0, 3, True),
        (0, 9, True),
        (3, 9, True),  # the next one is the first that is still there
        (4, 9, False),  # one that they have not seen is gone
        (0, 2, False),  # they have seen what was never there: another topic of that name
        (0, 0, False),
    ],
)
async def test_rows_are_kept_where_the_changelog_continues_them(
    start: int, end: int, goes_on: bool, caplog: pytest.LogCaptureFixture
) -> None:
    table, _ = table_and_topics()
    table.restore(run(0, records(b"1", b"2", b"3")))
    assert table.offset_within(TP(CHANGELOG, 0), start, end) == (2 if goes_on else -1)
    assert len(table.rows(0)) == (1 if goes_on else 0)
    assert ("read from the changelog again" in caplog.text) is not goes_on


async def test_rows_that_cannot_be_restored_end_the_process() -> None:
    class Broken(MemoryRows):
        def restore(self, records: Iterable[Record], through: int) -> None:
            raise OSError("disk full")

    table = app().table("things", CHANGELOG, new_rows=lambda *_: Broken())
    with pytest.raises(Ended, match="70"):
        table.restore(run(0, records(b"1")))


async def test_rows_that_cannot_be_kept_end_the_process() -> None:
    class Full(MemoryRows):
        def include(self, held: Held, through: int) -> None:
            raise OSError("disk full")

    table, ended = app().table("things", CHANGELOG, new_rows=lambda *_: Full()), []
    table.app._end_process = ended.append
    await table.write(batch(outbox=MemoryTopics()), [(b"a", b"1")])
    await asyncio.sleep(0)
    assert ended == [70]


async def test_rows_are_included_record_batch_by_record_batch() -> None:
    included: list[tuple[int, int]] = []

    class Telling(MemoryRows):
        def hold(self, changes: Collection[Change]) -> Held:
            return list(changes)

        def include(self, held: Held, through: int) -> None:
            included.append((len(held), through))
            super().include(held, through)

    table, outbox = app().table("things", CHANGELOG, new_rows=lambda *_: Telling()), SlowOutbox()
    work = batch(outbox=outbox)
    for changes in ([(b"a", b"1"), (b"b", b"2")], [(b"a", b"3")]):
        await table.write(work, changes)
    for first, delivery in zip((0, 2), outbox.deliveries, strict=True):
        delivery.future.set_result(SimpleNamespace(offset=first))
    await asyncio.sleep(0)
    assert included == [(2, 1), (1, 2)]


async def test_a_partition_that_was_lost_is_dropped_and_others_stay() -> None:
    table, _ = table_and_topics()
    for partition in (0, 1):
        table.restore(run(partition, records(b"1")))
    await table.on_rebalance(set(), {TP(CHANGELOG, 0), TP("source", 0), TP("other", 1)}, set())
    assert table.persisted_offset(TP(CHANGELOG, 0)) == -1
    assert table.persisted_offset(TP(CHANGELOG, 1)) == 0
    assert len(table) == 1


async def test_a_table_is_not_written_key_by_key() -> None:
    table, _ = table_and_topics()
    with pytest.raises(TypeError, match=r"Table\.write"):
        table[b"k"] = b"v"


async def test_several_tables_take_part_in_one_batch() -> None:
    one = app()
    calls, contacts = one.table("calls", "state.calls"), one.table("contacts", "state.contacts")
    topics = MemoryTopics()
    work = batch(tp=TP("source", 1), outbox=topics)
    await calls.write(work, [(b"a", b"1")])
    await contacts.write(work, [(b"a", b"2")])
    assert set(topics.topics) == {"state.calls", "state.contacts"}
    assert one.tables.changelog_topics == {"state.calls", "state.contacts"}
    assert len(work.deliveries) == 2
