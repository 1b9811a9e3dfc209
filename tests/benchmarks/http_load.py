"""Send signed Varda webhooks over keep-alive connections as fast as they are answered.

Run as a process of its own: `python -m tests.benchmarks.http_load PORT COUNT CONNECTIONS BYTES`.
Prints one JSON line: seconds, requests, refused, p50_ms, p99_ms.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import sys
import time
from typing import cast

import uvloop

SECRET = b"benchmark-secret"
VARIETY = 2_000
NOTES = b"Asked when the order comes, and whether it may go to the office. " * 20_000


def requests(size: int) -> list[bytes]:
    """Requests that differ in their call, with bodies of `size` bytes."""
    made: list[bytes] = []
    t = str(int(time.time())).encode()
    for number in range(VARIETY):
        body = (
            b'{"event":"call.ended","timestamp":"2025-10-09T08:53:20.000Z","data":{"id":"cs_%d",'
            b'"contact":{"id":"ct_%d","name":"Ada Byron","phone":"+442071838750"},'
            b'"agent":{"id":"ag_%d","name":"Grace Hopper"},"direction":"inbound",'
            b'"status":"completed","duration":62,"notes":"' % (number, number, number % 50)
        )
        body += NOTES[: size - len(body) - 3] + b'"}}'
        digest = hmac.digest(SECRET, t + b"." + body, "sha256").hex().encode()
        made.append(
            b"POST /webhooks/bench HTTP/1.1\r\nhost: 127.0.0.1\r\nuser-agent: Varda-Webhooks/1\r\n"
            b"content-type: application/json\r\nx-varda-event: call.ended\r\n"
            b"x-varda-delivery: dlv_%08d\r\nx-varda-signature: t=%b,v1=%b\r\n"
            b"content-length: %d\r\n\r\n%b" % (number, t, digest, len(body), body)
        )
    return made


class Load:
    """What all connections share: what is left to send, and what came back."""

    def __init__(self, ready: list[bytes], count: int) -> None:
        self.ready = ready
        self.left = count
        self.refused = 0
        self.took: list[float] = []
        self.open = 0
        self.done = asyncio.get_running_loop().create_future()


class Connection(asyncio.Protocol):
    """One request at a time."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._answer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's own class, alike
        self._load.open += 1
        self._send()

    def _send(self) -> None:
        load = self._load
        if load.left <= 0:
            self._transport.close()
            return
        load.left -= 1
        self._sent_at = time.perf_counter()
        self._transport.write(load.ready[load.left % len(load.ready)])

    def data_received(self, data: bytes) -> None:
        self._answer += data
        head, end, body = self._answer.partition(b"\r\n\r\n")
        if not end:
            return
        _, _, rest = head.partition(b"content-length: ")
        if len(body) < int(rest.partition(b"\r\n")[0]):
            return
        self._load.took.append(time.perf_counter() - self._sent_at)
        self._load.refused += not self._answer.startswith(b"HTTP/1.1 200 ")
        self._answer = b""
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        self._load.open -= 1
        if self._load.open == 0 and not self._load.done.done():
            self._load.done.set_result(None)


async def run(port: int, count: int, connections: int, size: int) -> dict[str, float]:
    load = Load(requests(size), count)
    loop = asyncio.get_running_loop()
    began = time.perf_counter()
    for _ in range(connections):
        await loop.create_connection(lambda: Connection(load), "127.0.0.1", port)
    await asyncio.wait_for(load.done, 100)
    seconds = time.perf_counter() - began
    took = sorted(load.took)
    return {
        "seconds": seconds,
        "requests": len(took),
        "refused": load.refused,
        "p50_ms": took[len(took) // 2] * 1_000,
        "p99_ms": took[len(took) * 99 // 100] * 1_000,
    }


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:]]
    print(json.dumps(uvloop.run(run(*arguments))))
