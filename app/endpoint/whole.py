"""Requests that are there whole when they are read, as nearly all webhooks are: they are taken
without an ASGI conversation and without a task, which cost more than all that is done with them.
Any other goes on as uvicorn has it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Protocol, cast

from httptools import HttpRequestParser
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from app.endpoint.corked import Corked, CorkedProtocol
from app.endpoint.intake import Answer, Headers, Tell

CLOSE = (b"connection", b"close")


class TakesWhole(Protocol):
    """Takes a webhook, or says that it is none of the usual ones."""

    def take_whole(
        self, url: bytes, method: bytes, headers: list[Any], body: bytes, tell: Tell
    ) -> bool: ...


class WholeProtocol(CorkedProtocol):
    """Holds a request until its end, or until what has been read is used up: see `go_on`."""

    _held: list[bytes] | None = None

    def on_message_begin(self) -> None:
        self.url = b""
        self.headers = []

    def on_headers_complete(self) -> None:
        self._held = []

    def on_body(self, body: bytes) -> None:
        if self._held is None:
            super().on_body(body)
        else:
            self._held.append(body)

    def on_message_complete(self) -> None:
        held = self._held
        if held is not None:
            if self._take(held[0] if len(held) == 1 else b"".join(held)):
                self._held = None
                return
            self.go_on()
        super().on_message_complete()

    def go_on(self) -> None:
        """What is held becomes a request as uvicorn has it."""
        held, self._held = self._held, None
        if held is None:
            return
        url, headers = self.url, self.headers
        super().on_message_begin()
        self.url = url
        for name, value in headers:
            super().on_header(name, value)
        super().on_headers_complete()
        for body in held:
            super().on_body(body)

    def is_answered(self) -> bool:
        """Whether all is that was taken so far."""
        cycle = cast(Any, self.cycle)
        return cycle is None or cycle.response_complete

    def _take(self, body: bytes) -> bool:
        if self.flow.write_paused or not self.is_answered():
            return False
        parser = cast(HttpRequestParser, self.parser)
        keep_alive = parser.get_http_version() == "1.1" and parser.should_keep_alive()
        exchange, before = Exchange(self, keep_alive), self.cycle
        self.cycle = cast(Any, exchange)
        app = cast(TakesWhole, self.app)
        taken = app.take_whole(self.url, parser.get_method(), self.headers, body, exchange.answer)
        if not taken:
            self.cycle = before
        return taken


class Exchange:
    """A request that was taken and its answer. It stands where uvicorn has its own, and has of that
    what uvicorn's protocol and ours look at.
    """

    __slots__ = ("_protocol", "disconnected", "keep_alive", "response_complete")

    message_event = asyncio.Event()  # nobody waits for it

    def __init__(self, protocol: WholeProtocol, keep_alive: bool) -> None:
        self._protocol = protocol
        self.keep_alive = keep_alive
        self.disconnected = False
        self.response_complete = False

    def answer(self, answer: Answer) -> None:
        self.response_complete = True
        protocol = self._protocol
        if self.disconnected or protocol.transport.is_closing():
            return
        status, headers, body = answer
        if CLOSE in headers:
            self.keep_alive = False
        elif not self.keep_alive:
            headers = (*headers, CLOSE)
        head = _head(status, headers)
        date = _lines(protocol.server_state.default_headers)
        cast(Corked, protocol.transport).write_at_once(
            b"%b%bcontent-length: %d\r\n\r\n%b" % (head, date, len(body), body)
        )
        if not self.keep_alive:
            protocol.transport.close()
        protocol.on_response_complete()


@lru_cache(maxsize=64)
def _head(status: int, headers: Headers) -> bytes:
    """There are few: what varies is in bodies."""
    return STATUS_LINE[status] + _lines(headers)


def _lines(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    return b"".join([b"%b: %b\r\n" % header for header in headers])
