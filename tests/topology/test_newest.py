"""Which of two rows of a key the worker's tables take for the newer, without transactions."""

from __future__ import annotations

from faust.types.tuples import TP

from app.faust_batch.batch import Batch
from app.faust_batch.memory import MemoryRecord
from app.faust_batch.tuning import Tuning
from tests.topology.driver import Driver
from tests.topology.webhooks import CONVERSATION, message


async def test_the_row_that_has_seen_more_of_the_raw_log() -> None:
    driver = Driver(tuning=Tuning(transactions=False))
    await driver.pipe_singly(message(1), message(2), message(3))
    [(partition, first), _, (_, last)] = driver.out(driver.names.state_conversations)
    table = driver._app.tables["conversations"]
    place = TP(driver.names.state_conversations, partition)
    frozen = MemoryRecord(3, 0, first.key, first.value, [])  # written by one that was replaced
    table.drop(partition)  # pyright: ignore[reportAttributeAccessIssue]
    for one in (first, last, frozen):
        table.restore(Batch(place, [one], driver.topics))  # pyright: ignore[reportAttributeAccessIssue]
    assert driver.store("conversations") == {CONVERSATION.encode(): last.value}


async def test_the_longer_of_two_segments() -> None:
    driver = Driver(tuning=Tuning(transactions=False))
    table = driver._app.tables["ledger"]
    place = TP(driver.names.ledger, 0)
    log = [MemoryRecord(n, 0, b"a#0", b"x" * size, []) for n, size in enumerate([43, 129, 86])]
    table.restore(Batch(place, log, driver.topics))  # pyright: ignore[reportAttributeAccessIssue]
    assert driver.store("ledger") == {b"a#0": b"x" * 129}
