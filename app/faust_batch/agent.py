"""An agent that cannot half-finish a batch.

Answers faust/agents/agent.py, where an exception in an agent is logged, its event acknowledged,
and the agent started again: the batch would count as done, with its rows changed in memory and
not written, so that reading it again would look like duplicates.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from app.faust_batch.batch import Batch


def agent_of(app: Any, topic: Any, function: Callable[[Batch], Awaitable[None]]) -> Any:
    """Give every batch of `topic` to `function`. What it raises ends the process."""

    async def run(stream: AsyncIterator[Batch]) -> None:
        async for batch in stream:
            await process(app, batch, function)

    return app.agent(topic, name=getattr(function, "__name__", "process"))(run)


async def process(app: Any, batch: Batch, function: Callable[[Batch], Awaitable[None]]) -> None:
    if not batch.begin():
        return
    count, first = len(batch.records), batch.records[0].offset
    began = time.perf_counter()
    try:
        await function(batch)
    except Exception as error:
        app.fail(error, f"processing of {batch.tp} failed from offset {first}")
        raise
    batch.finish()
    took = time.perf_counter() - began
    app.observer.processed(batch, count, took - batch.sending_s, batch.sending_s)
