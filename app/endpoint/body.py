"""Reading a request's body: so many bytes at most, in so many seconds at most."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from app.endpoint.errors import ClientGone, Failure, Stopping, TooLarge, TooMuchAtOnce, TooSlow

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
_SWEEP_S = 0.1
_DISCARD_S = 5.0
DISCARDED_BYTES = 16 * 1024 * 1024
ARRIVING_BYTES = 512 * 1024 * 1024


class BodyReader:
    """Reads bodies. One timer watches over all of them: nearly every body is there already when
    it is read, and a timer of its own would cost it more than the reading.
    """

    def __init__(
        self,
        limit: int,
        timeout_s: float,
        *,
        discarded: int = DISCARDED_BYTES,
        arriving: int = ARRIVING_BYTES,
    ) -> None:
        """`limit` bytes a body may have; `discarded` bytes are read of what is too large;
        `arriving` bytes may be held of all bodies that are not complete yet.
        """
        self.limit = limit
        self._discarded = discarded
        self._arriving_limit = max(arriving, 2 * limit)
        self._arriving = 0
        self._timeout = timeout_s
        self._reading: dict[asyncio.Task[Any], float] = {}  # oldest first
        self._overdue: dict[asyncio.Task[Any], Failure] = {}
        self._sweep: asyncio.TimerHandle | None = None
        self._hurry_until: float | None = None

    async def read(self, content_length: str | None, receive: Receive) -> bytes:
        """The body, of which a header may say the length. Raises TooLarge, TooSlow, Stopping or
        ClientGone.
        """
        if content_length is not None and _exceeds(content_length, self.limit):
            raise TooLarge(self.limit)
        loop = asyncio.get_running_loop()
        task = asyncio.current_task(loop)
        assert task is not None
        self._reading[task] = loop.time()
        if self._sweep is None:
            self._sweep = loop.call_later(_SWEEP_S, self._look, loop)
        try:
            return await self._receive(receive)
        except asyncio.CancelledError:
            failure = self._overdue.get(task)
            if failure is None or task.uncancel() > 0:
                raise
            raise failure from None
        finally:
            del self._reading[task]
            self._overdue.pop(task, None)

    def hurry(self, seconds: float) -> None:
        """What has not arrived that many seconds from now is given up: the endpoint stops."""
        self._hurry_until = asyncio.get_running_loop().time() + seconds

    async def discard(self, receive: Receive) -> None:
        """Read on for a moment what has been refused as too large, so that the sender, who reads
        the answer only when it has sent everything, finds it rather than a broken connection. Of
        more than that nothing is read: it stands still, until it reads the answer or time is up.
        """
        left = self._discarded
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_DISCARD_S):
                while left > 0:
                    message = await receive()
                    left -= len(message.get("body", b""))
                    if not message.get("more_body"):
                        return
                await asyncio.sleep(_DISCARD_S)

    async def _receive(self, receive: Receive) -> bytes:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        body: bytes = message.get("body", b"")
        if len(body) > self.limit:
            raise TooLarge(self.limit)
        if not message.get("more_body"):
            return body
        chunks = bytearray(body)
        held = 0
        try:
            while message.get("more_body"):
                self._arriving += len(chunks) - held
                held = len(chunks)
                if self._arriving > self._arriving_limit:
                    raise TooMuchAtOnce
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ClientGone
                chunks += message.get("body", b"")
                if len(chunks) > self.limit:
                    raise TooLarge(self.limit)
        finally:
            self._arriving -= held
        return bytes(chunks)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """Give up on what is overdue; look again as long as anything is being read."""
        now = loop.time()
        stopping = self._hurry_until is not None and now >= self._hurry_until
        for task, began in self._reading.items():
            if task in self._overdue:
                continue
            if stopping:
                self._overdue[task] = Stopping()
            elif now - began >= self._timeout:
                self._overdue[task] = TooSlow(self._timeout)
            else:
                break
            task.cancel()
        self._sweep = loop.call_later(_SWEEP_S, self._look, loop) if self._reading else None


def _exceeds(content_length: str, limit: int) -> bool:
    """A number of any length. What is no number, the HTTP parser has refused before."""
    return len(content_length) > 19 or (content_length.isdecimal() and int(content_length) > limit)
