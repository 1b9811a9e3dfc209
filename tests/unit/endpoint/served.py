"""An endpoint over a log in memory, on a port of this machine, spoken to byte by byte."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.endpoint.server import Server, listen
from tests.unit.endpoint.asgi import Answer, Bench

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
POST = b"POST /webhooks/inbox HTTP/1.1\r\nhost: x\r\n"
BODY = b'{"event":"conversation_created","id":3,"status":"open"}'
WEBHOOK = POST + b"content-length: %d\r\n\r\n%b" % (len(BODY), BODY)


class Served:
    """It gives headers half a second."""

    def __init__(self, bench: Bench, server: Server, port: int) -> None:
        self.bench = bench
        self.server = server
        self.port = port

    async def connect(self) -> Streams:
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def ask(self, sent: bytes) -> Answer:
        reader, writer = await self.connect()
        writer.write(sent)
        try:
            return await answer(reader)
        finally:
            writer.close()

    def refused(self, reason: str, source: str = "") -> float:
        return self.bench.count("hookline_endpoint_refused_total", source=source, reason=reason)


async def answer(reader: asyncio.StreamReader) -> Answer:
    async with asyncio.timeout(20):
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {
            name.lower(): value
            for name, _, value in (line.partition(": ") for line in head[1:] if line)
        }
        body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Answer(int(head[0].split()[1]), headers, body)


@asynccontextmanager
async def serving() -> AsyncIterator[Served]:
    """Until it is left; then it stops in order."""
    bench = Bench()
    server = Server(bench.endpoint, bench.body, stop_s=1, header_timeout_s=0.5, keep_alive_s=4)
    with listen("127.0.0.1", 0) as listener:
        task = asyncio.create_task(server.serve([listener]))
        yield Served(bench, server, listener.getsockname()[1])
        server.should_exit = True
        await task
