"""Kills this process, as `kill -9` does, in the midst of a request of one of its transactions.
Before and after each request tests/faults do it to real workers.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from app.faust_batch.transactions.outputs import Part
from app.faust_batch.transactions.partition_producer import PartitionProducer

Step = Callable[..., Awaitable[None]]

AFTER = 6  # transactions, so that there are rows to go wrong
SENT_WITHIN_S = 0.002

PHASES = ("half sent", "commit requested")


def die_in(phase: str) -> None:
    """From now on; `phase` is one of PHASES."""
    producer: Any = PartitionProducer
    if phase == "half sent":
        producer._deliver = _first_part_only(producer._deliver)
    else:
        producer._end = _without_the_answer(producer._end)


class _Count:
    def __init__(self) -> None:
        self._calls = 0

    def is_over(self) -> bool:
        self._calls += 1
        return self._calls > AFTER


def _first_part_only(step: Step) -> Step:
    count = _Count()

    async def run(self: Any, parts: Sequence[Part]) -> None:
        if count.is_over() and len(parts) > 1:
            await step(self, parts[:1])
            _die()
        await step(self, parts)

    return run


def _without_the_answer(step: Step) -> Step:
    count = _Count()

    async def run(self: Any) -> None:
        if count.is_over():
            await asyncio.wait({asyncio.ensure_future(step(self))}, timeout=SENT_WITHIN_S)
            _die()
        await step(self)

    return run


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
