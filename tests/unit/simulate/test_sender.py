"""The sender, over a socket: into the real endpoint with a log in memory, and at a server that
answers as it is told.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest
import uvloop

from app.core.vendors.contract import Source
from app.endpoint.log import MemoryLog
from app.simulate.expectation import differences
from app.simulate.sender import Patience, Sender
from app.simulate.traffic import Delivery, Traffic
from tests.property.seam import folded_rows
from tests.unit.simulate.centre import NOW, SOURCES, deliveries
from tests.unit.simulate.serving import endpoint, stored

# Vendors that wait for a moment only.
IMPATIENT = {vendor: Patience(1.0, (0.0, 0.0)) for vendor in ("varda", "voiso")} | {
    vendor: Patience(0.2, ()) for vendor in ("convocore", "voxsig")
}


Answers = Callable[[str], bytes | None]


@asynccontextmanager
async def scripted(answer: Answers) -> AsyncIterator[str]:
    """A server that reads a request and answers its path with bytes; None hangs up."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):
            lines = head.decode().split("\r\n")
            length = next(int(x[16:]) for x in lines if x.startswith("content-length"))
            await reader.readexactly(length)
            said = answer(lines[0].split(" ")[1])
            if said is None:
                break
            writer.write(said)
        writer.close()

    server = await asyncio.start_server(_until_gone(serve), "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/behind"


def _until_gone(serve):
    async def quietly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    return quietly


def http(status: int, body: bytes = b"{}", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} Said", f"content-length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def some(vendor: str, count: int = 1) -> list[Delivery]:
    """Deliveries of bodies that differ, none of them a GET."""
    _, sent = deliveries(1_000)
    found = [
        one
        for one in sent
        if one.webhook.vendor == vendor
        and not one.twice
        and one.webhook.dead is None
        and one.webhook.content_type == "application/json"
    ]
    return found[:count]


async def send(url: str, what: Sequence[Delivery], *, persistent: bool = False) -> Sender:
    sending = Sender(
        urlsplit(url), SOURCES, patience=IMPATIENT, pauses=(0.0, 0.01), persistent=persistent
    )
    await sending.run(iter(what), None)
    return sending


@pytest.mark.parametrize("loop", [asyncio.new_event_loop, uvloop.new_event_loop])
def test_a_run_reaches_the_log_and_makes_the_rows_it_promises(loop) -> None:
    log = MemoryLog()
    traffic = Traffic(SOURCES, 7, NOW)

    async def run() -> Sender:
        async with endpoint(log, SOURCES) as url:
            sending = Sender(urlsplit(url), SOURCES, connections=16)
            await sending.run(traffic.deliveries(1_200), None)
        return sending

    with asyncio.Runner(loop_factory=loop) as runner:
        tally = runner.run(run()).tally
    assert (tally.total, tally.receipts, tally.refusals, tally.lost) == (1_200, 1_200, {}, [])
    assert tally.wrong_receipts == []
    assert len(log.records) == 1_200
    rows = folded_rows(stored(log))
    assert [line for row in traffic.rows for line in differences(row, rows.get(row.key))] == []


async def test_a_503_is_tried_again_as_its_vendor_would() -> None:
    tries: list[str] = []

    def answer(path: str) -> bytes:
        tries.append(path)
        return http(503, b"{}", "retry-after: 0")

    async with scripted(answer) as url:
        tally = (await send(url, some("varda") + some("voxsig"))).tally
    assert tries.count("/behind/webhooks/varda-eu") == 3
    assert tries.count("/behind/webhooks/voxsig-eu") == 1
    assert (tally.retries, tally.refusals) == (2, {"HTTP 503": 2})
    assert {webhook.vendor for webhook in tally.lost} == {"varda", "voxsig"}


async def test_a_persistent_sender_gives_nothing_up() -> None:
    answers = iter([http(503), None, http(500), http(200)])
    async with scripted(lambda path: next(answers)) as url:
        tally = (await send(url, some("voxsig"), persistent=True)).tally
    assert (tally.retries, tally.receipts, tally.lost) == (3, 1, [])


async def test_every_try_is_told_of() -> None:
    answers = iter([http(503), None, http(200)])
    told: list[int | None] = []
    async with scripted(lambda path: next(answers)) as url:
        sending = Sender(
            urlsplit(url),
            SOURCES,
            patience=IMPATIENT,
            heard=lambda _webhook, answer: told.append(getattr(answer, "status", None)),
        )
        await sending.run(iter(some("varda")), None)
    assert told == [503, None, 200]


async def test_what_is_refused_for_good_is_not_tried_again() -> None:
    async with scripted(lambda path: http(401)) as url:
        tally = (await send(url, some("varda", 2), persistent=True)).tally
    assert (tally.retries, tally.refusals, len(tally.lost)) == (0, {"HTTP 401": 2}, 2)


async def test_a_server_that_is_not_there_loses_webhooks_and_says_why() -> None:
    async with scripted(lambda path: http(200)) as url:
        pass
    tally = (await send(url, some("voxsig"))).tally
    assert tally.receipts == 0
    (why,) = tally.refusals
    assert "refused" in why.lower() or "connect" in why.lower()


async def test_no_answer_in_time_is_given_up() -> None:
    async with scripted(lambda path: b"") as url:
        tally = (await send(url, some("convocore"))).tally
    assert tally.refusals == {"no answer in time": 1}


async def test_a_receipt_of_another_webhook_is_told() -> None:
    receipt = b'{"id":"0","type":"varda.x","key":"a/b/c"}'
    async with scripted(lambda path: http(200, receipt)) as url:
        tally = (await send(url, some("varda"))).tally
    (line,) = tally.wrong_receipts
    assert "varda.x" in line


async def test_a_lost_copy_of_a_body_that_was_taken_is_no_loss() -> None:
    source: Source = SOURCES[3]
    (one,) = some(source.vendor)
    twice = [Delivery(one.webhook, twice=True), Delivery(one.webhook, again=True, twice=True)]
    receipt = f'{{"id":"{one.webhook.id}","type":"t","key":"k"}}'.encode()
    answers = iter([http(200, receipt), http(503)])
    async with scripted(lambda path: next(answers)) as url:
        tally = (await send(url, twice)).tally
    assert (tally.receipts, tally.refusals, tally.lost) == (1, {"HTTP 503": 1}, [])


async def test_a_rate_is_kept_to() -> None:
    async with scripted(lambda path: http(200)) as url:
        sending = Sender(urlsplit(url), SOURCES)
        loop = asyncio.get_running_loop()
        started = loop.time()
        await sending.run(iter(some("varda", 11)), 100)
    assert 0.1 <= loop.time() - started < 0.5
