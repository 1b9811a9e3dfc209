from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest

from app.endpoint.body import BodyReader
from app.endpoint.errors import TooSlow


async def never() -> MutableMapping[str, Any]:
    await asyncio.Event().wait()
    raise AssertionError


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
    reader = BodyReader(100, timeout_s=60)
    asked = 0

    async def flood() -> MutableMapping[str, Any]:
        nonlocal asked
        asked += 1
        return {"type": "http.request", "body": b"x" * 50, "more_body": True}

    await reader.discard(flood)
    assert asked == 8
