"""Kills, rereads, rebalances, and faults that are no record's."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterable
from typing import Any

import pytest

from app.core.catalogue import Catalogue
from app.core.facts import ConversationFacts
from app.core.row import FOLD_VERSION
from app.core.vendors import vendor_named
from app.core.vendors.contract import EventType
from app.core.webhook import RawRecord
from app.faust_batch.batch import Batch, Delivery, Outgoing
from app.faust_batch.memory import MemoryTopics
from app.kafka.partition import partition_of
from tests.topology.driver import PARTITIONS, Driver, Ended, codecs, headers_of, schemas
from tests.topology.webhooks import CONVERSATION, broken, message, record
from topologies.projector import Outputs

PARTITION = partition_of(CONVERSATION, PARTITIONS)


async def test_a_new_worker_goes_on_where_the_old_one_was_killed() -> None:
    driver, whole = Driver(), Driver()
    await driver.pipe(message(1), message(2))
    await driver.restart()
    await driver.pipe(message(3))
    await whole.pipe_singly(message(1), message(2), message(3))
    expected = whole.changelog_row("conversation", CONVERSATION)
    assert driver.changelog_row("conversation", CONVERSATION) == expected


async def test_reading_records_again_changes_no_row() -> None:
    driver = Driver()
    await driver.pipe(message(1), message(2), message(2))
    before = driver.changelog_row("conversation", CONVERSATION)
    await driver.restart(forget_commits=True)
    await driver.run()
    assert driver.changelog_row("conversation", CONVERSATION) == before
    assert len(driver.out(driver.names.state_conversations)) == 1
    assert len(driver.events("varda")) == 2 + 3  # once, and once more where it was read again
    assert driver.counted("records_total", vendor="varda", effect="reread") == 3


async def test_a_restarted_worker_holds_rows_as_they_were_written_until_it_needs_them() -> None:
    driver = Driver()
    await driver.pipe(message(1), message(1, conversation=4))
    await driver.restart()
    assert {type(row) for row in driver.store("conversations").values()} == {bytes}


async def test_a_long_conversation_moves_its_ledger_and_knows_duplicates_after_a_restart() -> None:
    driver = Driver()
    await driver.pipe(*(message(n) for n in range(300)))
    assert list(driver.store("ledger")) == [f"{CONVERSATION}#0".encode()]
    await driver.restart()
    await driver.pipe(message(0), message(299))
    row = driver.changelog_row("conversation", CONVERSATION)
    assert row is not None
    assert (row.events, row.duplicates) == (300, 2)


class HeldTopics(MemoryTopics):
    """Acknowledges one topic only when it is told to."""

    def __init__(self, held: str) -> None:
        super().__init__()
        self._held = held
        self.release = asyncio.Event()

    async def send_rows(
        self, topic: str, partition: int, rows: Iterable[Outgoing]
    ) -> list[Delivery]:
        deliveries = await super().send_rows(topic, partition, rows)
        if topic == self._held:
            return [Delivery(asyncio.ensure_future(self._later(d)), d.records) for d in deliveries]
        return deliveries

    async def _later(self, delivery: Delivery) -> Any:
        await self.release.wait()
        return delivery.future.result()


async def test_a_segment_is_acknowledged_before_the_row_that_names_it_is_sent() -> None:
    topics = HeldTopics("t.state.ledger")
    driver = Driver(topics)
    piping = asyncio.ensure_future(driver.pipe(*(message(n) for n in range(200))))
    await asyncio.sleep(0.05)
    assert len(driver.out(driver.names.ledger)) == 1
    assert driver.out(driver.names.state_conversations) == []
    topics.release.set()
    await asyncio.wait_for(piping, 5)
    assert len(driver.out(driver.names.state_conversations)) == 1


async def test_after_a_rebalance_rows_are_read_as_another_worker_left_them() -> None:
    driver, other = Driver(), Driver()
    await driver.pipe(*(message(n) for n in range(200)))
    other.topics = driver.topics  # the partition moves, with 200 records processed
    await other.restart()
    other._read = dict(driver._read)
    await other.pipe(*(message(n) for n in range(200, 400)))
    await driver._app.on_partitions_revoked.send(set())
    for table in driver._app.tables.values():
        table.rows(PARTITION).clear()
        changelog = driver.topics.topics[table.changelog_topic_name][PARTITION]
        table.rows(PARTITION).restore(changelog, len(changelog) - 1)
    driver._read = dict(other._read)
    await driver.pipe(message(250))
    row = driver.changelog_row("conversation", CONVERSATION)
    assert row is not None
    assert (row.events, row.duplicates) == (400, 1)


class LostTopics(MemoryTopics):
    """While the first outputs of a batch are sent, the group loses the worker."""

    driver: Driver

    async def send_rows(
        self, topic: str, partition: int, rows: Iterable[Outgoing]
    ) -> list[Delivery]:
        await self.driver._app.on_partitions_revoked.send(set())
        return await super().send_rows(topic, partition, rows)


async def test_a_batch_that_is_under_way_when_the_group_loses_the_worker_writes_its_rows() -> None:
    topics = LostTopics()
    topics.driver = Driver(topics)
    await topics.driver.pipe(*(message(n) for n in range(3)))
    await topics.driver.pipe(message(3))
    row = topics.driver.changelog_row("conversation", CONVERSATION)
    assert row is not None
    assert row.events == 4


async def test_a_row_that_cannot_be_read_stops_the_worker_and_buries_nothing() -> None:
    driver = Driver()
    driver.topics.append(
        driver.names.state_conversations, PARTITION, [(CONVERSATION.encode(), b"junk", [], None)]
    )
    await driver.restart()
    with pytest.raises(Ended, match="70"):
        await driver.pipe(message(1))
    assert driver.dead() == []


async def test_a_row_of_a_newer_version_stops_the_worker(
    caplog: pytest.LogCaptureFixture,
) -> None:
    driver = Driver()
    await driver.pipe(message(1))
    row = driver.changelog_row("conversation", CONVERSATION)
    assert row is not None
    row.fold_version = FOLD_VERSION + 1
    newer = (CONVERSATION.encode(), codecs()["conversation"].dumps(row), [], None)
    driver.topics.append(driver.names.state_conversations, PARTITION, [newer])
    await driver.restart()
    with pytest.raises(Ended, match="70"):
        await driver.pipe(message(2))
    assert "run the newer version of Hookline" in caplog.text


def with_facts(facts: Any) -> Catalogue:
    """A catalogue in which Varda's messages say what `facts` makes of them."""
    varda = vendor_named("varda")
    event = next(event for event in varda.events if event.name == "message.created")
    events = (EventType(event.name, event.schema, facts),)
    return Catalogue([_replaced(varda, events)], schemas()[0].events())


def _replaced(vendor: Any, events: tuple[EventType, ...]) -> Any:
    from dataclasses import replace  # noqa: PLC0415

    return replace(vendor, events=events)


async def test_a_fold_that_breaks_makes_a_dead_letter_and_leaves_the_row_alone() -> None:
    def facts(event: Any, raw: RawRecord) -> ConversationFacts:
        at: Any = "never" if b"poison" in raw.body else 1_780_000_000_000_000
        return ConversationFacts(at=at)

    driver = Driver(catalogue=with_facts(facts))
    await driver.pipe(message(1), message(2, "poison"), message(3))
    [(_, letter)] = driver.dead()
    headers = headers_of(letter)
    assert headers["hookline_reason"] == b"internal"
    assert b"TypeError" in headers["__connect.errors.exception.message"]
    assert b"poison" not in headers["__connect.errors.exception.message"]
    row = driver.changelog_row("conversation", CONVERSATION)
    assert row is not None
    assert (row.events, row.offset) == (2, 2)


async def test_a_dead_letter_leaves_nothing_for_the_garbage_collector() -> None:
    driver = Driver()
    driver.write_foreign(0, b"k", b"v", [])
    driver.write(record(b"{broken", CONVERSATION, "unknown"), broken())
    gc.collect()
    gc.disable()
    try:
        before = of_batches()
        await driver.run()
        assert len(driver.dead()) == 3
        assert [one for one in of_batches() if one not in before] == []
    finally:
        gc.enable()


def of_batches() -> list[Any]:
    return [one for one in gc.get_objects() if isinstance(one, Batch | Outputs)]


async def test_an_event_that_cannot_be_written_makes_a_dead_letter() -> None:
    def refuse(_event: Any) -> bytes:
        raise OverflowError("a long beyond 64 bits")

    events = dict.fromkeys(schemas()[0].events(), refuse)
    driver = Driver(encoders=events)
    await driver.pipe(message(1))
    [(_, letter)] = driver.dead()
    assert headers_of(letter)["hookline_reason"] == b"internal"
    assert driver.events("varda") == []
