from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest

from app.endpoint.body import BodyReader, Receive
from app.endpoint.errors import TooMuchAtOnce, TooSlow


async def never() -> MutableMapping[str, Any]:
    await asyncio.Event().wait()
    raise AssertionError


def once() -> Receive:
    """Most of a body, and then nothing."""
    pieces = [b"x" * 90]

    async def receive() -> MutableMapping[str, Any]:
        if pieces:
            return {"type": "http.request", "body": pieces.pop(), "more_body": True}
        return await never()

    return receive


async def test_many_bodies_are_watched_by_one_timer_and_each_has_its_own_deadline() -> None:
    reader = BodyReader(100, timeout_s=0.3)
    first = asyncio.create_task(reader.read(None, never))
    await asyncio.sleep(0.2)
    second = asyncio.create_task(reader.read(None, never))
    with pytest.raises(TooSlow):
        await asyncio.wait_for(first, 0.4)
    assert not second.done()
    with pytest.raises(TooSlow):
        await asyncio.wait_for(second, 1)


async def test_somebody_elses_cancellation_passes_through() -> None:
    reader = BodyReader(100, timeout_s=60)
    task = asyncio.create_task(reader.read(None, never))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_what_was_refused_is_read_on_only_so_far() -> None:
    reader = BodyReader(100, timeout_s=60, discarded=400)
    asked = 0

    async def flood() -> MutableMapping[str, Any]:
        nonlocal asked
        asked += 1
        return {"type": "http.request", "body": b"x" * 50, "more_body": True}

    discarding = asyncio.create_task(reader.discard(flood))
    await asyncio.wait([discarding], timeout=0.1)
    assert asked == 8
    assert not discarding.done()  # whoever reads while it sends may still find the answer
    discarding.cancel()


async def test_what_arrives_of_all_bodies_together_is_bounded() -> None:
    reader = BodyReader(100, timeout_s=60, arriving=200)
    reading = [asyncio.create_task(reader.read(None, once())) for _ in range(3)]
    done, pending = await asyncio.wait(reading, timeout=0.2)
    assert len(pending) == 2
    for task in done:
        with pytest.raises(TooMuchAtOnce):
            await task
    for task in pending:
        task.cancel()
