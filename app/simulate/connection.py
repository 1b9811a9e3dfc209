"""A lean HTTP/1.1 client: keep-alive connections to one server, a request at a time on each.

Made for rate: it knows only what talking to Hookline's endpoint needs.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import cast

import httptools
import msgspec

FRESH = 2.0  # seconds a connection may idle: a server that closes it just then would lose a request


class Response(msgspec.Struct, frozen=True, kw_only=True):
    """`retry_after` in seconds, where the server asks for a pause."""

    status: int
    body: bytes
    retry_after: float | None = None


class Connection(asyncio.Protocol):
    """One connection. A request that fails or times out closes it."""

    def __init__(self) -> None:
        self.is_open = False
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[Response] | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._body: list[bytes] = []
        self._retry_after: float | None = None

    async def request(self, data: bytes, timeout: float) -> Response:
        """Send the bytes of a request; raises OSError where no answer comes in time."""
        if self._transport is None or not self.is_open:
            raise ConnectionResetError("the connection is closed")
        loop = asyncio.get_running_loop()
        self._answer = loop.create_future()
        late = loop.call_later(timeout, self._fail, TimeoutError("no answer in time"))
        self._transport.write(data)
        try:
            return await self._answer
        finally:
            late.cancel()
            self._answer = None

    def close(self) -> None:
        self.is_open = False
        if self._transport is not None:
            self._transport.abort()

    def _fail(self, error: OSError) -> None:
        self.close()
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by its class
        self.is_open = True

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail(ConnectionResetError("the server closed the connection"))

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._fail(ConnectionAbortedError("the answer is not HTTP"))

    # httptools

    def on_message_begin(self) -> None:
        self._body.clear()
        self._retry_after = None

    def on_header(self, name: bytes, value: bytes) -> None:
        if name.lower() == b"retry-after" and value.isdigit():
            self._retry_after = float(value)

    def on_body(self, body: bytes) -> None:
        self._body.append(body)

    def on_message_complete(self) -> None:
        if not self._parser.should_keep_alive():
            self.is_open = False
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(
                Response(
                    status=self._parser.get_status_code(),
                    body=b"".join(self._body),
                    retry_after=self._retry_after,
                )
            )


class Connections:
    """Idle connections to one server; the one used last is used next."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._idle: list[tuple[float, Connection]] = []

    async def request(self, data: bytes, timeout: float) -> Response:
        """Raises OSError where the server is not there, hangs up or does not answer in time."""
        connection = await self._take(timeout)
        response = await connection.request(data, timeout)
        if connection.is_open:
            self._idle.append((time.monotonic(), connection))
        return response

    async def _take(self, timeout: float) -> Connection:
        while self._idle:
            since, connection = self._idle.pop()
            if connection.is_open and time.monotonic() - since < FRESH:
                return connection
            connection.close()
        async with asyncio.timeout(timeout):
            _, connection = await asyncio.get_running_loop().create_connection(
                Connection, self._host, self._port
            )
        return connection

    def close(self) -> None:
        for _, connection in self._idle:
            connection.close()
        self._idle.clear()


def request_bytes(
    method: str, target: str, host: str, headers: Sequence[tuple[str, str]], body: bytes
) -> bytes:
    """A request, written out."""
    lines = [f"{method} {target} HTTP/1.1", f"host: {host}"]
    lines.extend(f"{name}: {value}" for name, value in headers)
    if body or method == "POST":
        lines.append(f"content-length: {len(body)}")
    return "\r\n".join((*lines, "", "")).encode() + body
