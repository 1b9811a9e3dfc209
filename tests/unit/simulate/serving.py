"""The real endpoint over a log in memory, on a port of this machine, for as long as a test runs."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager

import msgspec

from app.core.vendors import vendor_named
from app.core.vendors.contract import Source
from app.core.webhook import RawRecord
from app.endpoint.app import Endpoint
from app.endpoint.body import BodyReader
from app.endpoint.breaker import Breaker
from app.endpoint.health import always_ready
from app.endpoint.log import MemoryLog
from app.endpoint.server import Server, listen
from app.endpoint.spool.memory import MemorySpool
from app.endpoint.storage import Storage


@asynccontextmanager
async def endpoint(log: MemoryLog, sources: Sequence[Source]) -> AsyncIterator[str]:
    """Its address."""
    body = BodyReader(1 << 20, 10)
    app = Endpoint(
        [(source, vendor_named(source.vendor)) for source in sources],
        Storage(log, MemorySpool(), Breaker()),
        body=body,
        ready=always_ready,
        signature_window_s=300,
    )
    server = Server(app, body, stop_s=1)
    with listen("127.0.0.1", 0) as listener:
        serving = asyncio.create_task(server.serve([listener]))
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await serving


@contextmanager
def endpoint_of_its_own(log: MemoryLog, sources: Sequence[Source]) -> Iterator[str]:
    """The same in a thread, for commands in a process of their own. Its address."""
    ready, over, url = threading.Event(), threading.Event(), ""

    async def serve() -> None:
        nonlocal url
        async with endpoint(log, sources) as url:
            ready.set()
            while not over.is_set():
                await asyncio.sleep(0.02)

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert ready.wait(10)
    try:
        yield url
    finally:
        over.set()
        thread.join()


def stored(log: MemoryLog) -> list[RawRecord]:
    """The log's records, where they are."""
    return [
        msgspec.structs.replace(record, partition=0, offset=offset)
        for offset, record in enumerate(log.records)
    ]
