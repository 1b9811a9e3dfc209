"""What a connection may cost before a request stands: bytes, headers, seconds.

uvicorn bounds none of them. A request's head is counted as it arrives, without a timer of its own:
one look a second finds those that take too long.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any, Protocol, cast

import httptools

from app.endpoint.errors import (
    Failure,
    HeadersTooLarge,
    HeadersTooSlow,
    NotHttp,
    TooManyConnections,
)
from app.endpoint.whole import WholeProtocol

MAX_HEADERS = 100
MAX_HEAD_BYTES = 64 * 1024
_LINGER_S = 1.0
_LINGER_BYTES = 4 * 1024 * 1024

Headers = tuple[tuple[bytes, bytes], ...]


class Refuser(Protocol):
    """Counts and words the refusal of what is no request yet, as that of any other."""

    def refuse_connection(self, failure: Failure) -> tuple[int, Headers, bytes]: ...


class LimitedProtocol(WholeProtocol):
    """Refuses in our words what uvicorn would refuse in its own, or not at all.

    `max_connections` and `max_body_wire_bytes` hold for all connections of the process. The latter
    is far above any body that is taken: it bounds what is no body, such as what follows chunks.
    """

    max_connections = 1_000_000
    max_body_wire_bytes = 1 << 40

    _counted: object = None
    _head_bytes = 0
    _body_bytes = 0
    _waits: tuple[object, bool, float] | None = None
    _refused = False
    _linger: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if len(self.connections) > self.max_connections:
            self._refuse(TooManyConnections())

    def connection_lost(self, exc: Exception | None) -> None:
        if self._linger is not None:
            self._linger.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """uvicorn's, but that it counts; what asks for an upgrade gets none."""
        if self._refused:
            self._drop(len(data))
            return
        try:
            self.parser.feed_data(data)  # pyright: ignore[reportOptionalMemberAccess]
        except httptools.HttpParserError:
            self.send_400_response("")
            return
        except httptools.HttpParserUpgrade:
            pass
        if self._held is not None:
            self.go_on()
        cycle = self.cycle
        if cycle is not self._counted:  # a request's head has come to its end
            self._counted = cycle
            self._head_bytes = self._body_bytes = 0
        elif self._is_in_head():
            self._head_bytes += len(data)
            if self._head_bytes > MAX_HEAD_BYTES:
                self._refuse(HeadersTooLarge(MAX_HEADERS, MAX_HEAD_BYTES))
        else:
            self._body_bytes += len(data)
            if self._body_bytes > self.max_body_wire_bytes:
                self.transport.close()

    def on_header(self, name: bytes, value: bytes) -> None:
        headers = self.headers
        if len(headers) >= MAX_HEADERS:
            raise _TooManyHeaders
        headers.append((name.lower(), value))

    def send_400_response(self, msg: str) -> None:
        """What the parser does not take, or `on_header`."""
        headers = cast("list[Any] | None", self.headers)
        too_many = headers is not None and len(headers) >= MAX_HEADERS
        self._refuse(HeadersTooLarge(MAX_HEADERS, MAX_HEAD_BYTES) if too_many else NotHttp())

    def on_response_complete(self) -> None:
        """uvicorn's, without a timer for the connection that is idle now: see `look`."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())

    def look(self, now: float, head_s: float, idle_s: float) -> None:
        """Refuse a connection on which a request's head takes longer than `head_s` seconds, close
        one that has been idle for `idle_s` since its last request.
        """
        if self._refused or not self._is_in_head():
            self._waits = None
            return
        talks = self._head_bytes > 0
        if self._waits is None or self._waits[:2] != (self.cycle, talks):
            self._waits = (self.cycle, talks, now)
            return
        waited = now - self._waits[2]
        if talks and waited >= head_s:
            self._refuse(HeadersTooSlow(head_s))
        elif not talks and waited >= (head_s if self._counted is None else idle_s):
            self.transport.close()

    def _refuse(self, failure: Failure) -> None:
        """Answer where no answer is open, and close: where a next request began is not known."""
        if self._refused or self.transport.is_closing():
            return
        self._refused = True
        status, headers, body = cast(Refuser, self.app).refuse_connection(failure)
        if not self._is_in_head():
            self.transport.close()
            return
        head = b"".join(b"%b: %b\r\n" % header for header in headers)
        line = b"HTTP/1.1 %d %b\r\n" % (status, _PHRASES[status])
        self.transport.write(b"%b%bcontent-length: %d\r\n\r\n%b" % (line, head, len(body), body))
        self.transport.write_eof()
        self._linger = self.loop.call_later(_LINGER_S, self.transport.close)

    def _drop(self, size: int) -> None:
        """The sender goes on for a moment. Were the connection closed meanwhile, it would find that
        and not the answer.
        """
        self._body_bytes += size
        if self._body_bytes > _LINGER_BYTES:
            self.transport.close()

    def _is_in_head(self) -> bool:
        """Whether there is no request of which the answer is open."""
        return self._held is None and self.is_answered()


class _TooManyHeaders(Exception):
    """Ends the parser's work: it comes back as the parser's own error."""


def look_at(connections: Iterable[Any], now: float, head_s: float, idle_s: float) -> None:
    for connection in list(connections):
        cast(LimitedProtocol, connection).look(now, head_s, idle_s)


_PHRASES = {
    400: b"Bad Request",
    408: b"Request Timeout",
    431: b"Request Header Fields Too Large",
    503: b"Service Unavailable",
}
