"""A batch is processed whole, or not at all."""

from __future__ import annotations

import pytest

from app.faust_batch.agent import process
from app.faust_batch.batch import Batch
from app.faust_batch.observer import Observer
from tests.unit.faust_batch.builders import Ended, app, batch


async def test_a_batch_is_finished_when_its_function_returns() -> None:
    seen: list[int] = []

    async def function(batch: Batch) -> None:
        seen.extend(record.offset for record in batch.records)

    one = batch(5, 3)
    await process(app(), one, function)
    assert seen == [5, 6, 7]
    assert one.settled


async def test_a_void_batch_is_not_processed() -> None:
    async def function(batch: Batch) -> None:
        raise AssertionError

    one = batch()
    one.void = True
    await process(app(), one, function)
    assert not one.started
    assert not one.settled


async def test_what_the_function_raises_ends_the_process(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def function(batch: Batch) -> None:
        raise ValueError("no")

    one = batch(5)
    with pytest.raises(Ended, match="70"):
        await process(app(), one, function)
    assert not one.settled
    assert "from offset 5" in caplog.text


async def test_what_was_processed_is_told() -> None:
    class Seen(Observer):
        def processed(self, batch: Batch, records: int, folding: float, writing: float) -> None:
            self.told = (batch, records)
            assert folding > 0
            self.wrote = writing > 0

    async def silent(batch: Batch) -> None: ...

    async def sending(batch: Batch) -> None:
        await batch.send("out", [])

    seen = Seen()
    for function, writes in ((silent, False), (sending, True)):
        one = batch(0, 3)
        await process(app(observer=seen), one, function)
        assert seen.told == (one, 3)
        assert seen.wrote is writes


async def test_records_are_let_go_when_their_batch_is_finished() -> None:
    async def function(batch: Batch) -> None: ...

    one = batch(5, 3)
    await process(app(), one, function)
    assert not one.records
    assert one.next_offset == 8
