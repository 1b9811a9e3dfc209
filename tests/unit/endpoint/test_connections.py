"""What a connection may do to an endpoint, on real ones: everything else goes on meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
from collections.abc import AsyncIterator

import msgspec
import pytest

from app.endpoint.limited import MAX_HEAD_BYTES, MAX_HEADERS, LimitedProtocol
from tests.unit.endpoint.served import BODY, POST, WEBHOOK, Served, answer, serving


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    async with serving() as one:
        yield one
        assert (await one.ask(WEBHOOK)).status == 200  # whatever was done to it


async def test_headers_that_do_not_arrive_are_408(served: Served) -> None:
    told = await served.ask(POST)
    assert (told.status, told.json["error"]) == (408, "headers_too_slow")
    assert told.headers["connection"] == "close"
    assert served.refused("headers_too_slow") == 1


async def test_headers_that_drip_are_408_as_well(served: Served) -> None:
    reader, writer = await served.connect()

    async def drip() -> None:
        writer.write(POST)
        while not writer.is_closing():
            writer.write(b"x: y\r\n")
            await asyncio.sleep(0.1)

    dripping = asyncio.create_task(drip())
    assert (await answer(reader)).status == 408
    dripping.cancel()
    writer.close()


async def test_of_a_second_request_on_a_connection_the_same_is_asked(served: Served) -> None:
    reader, writer = await served.connect()
    writer.write(WEBHOOK)
    assert (await answer(reader)).status == 200
    writer.write(POST)
    assert (await answer(reader)).status == 408
    writer.close()


async def test_a_connection_that_never_says_a_word_is_closed(served: Served) -> None:
    reader, writer = await served.connect()
    async with asyncio.timeout(20):
        assert await reader.read() == b""
    writer.close()


async def test_a_connection_may_be_idle_between_requests(served: Served) -> None:
    reader, writer = await served.connect()
    for _ in range(2):
        writer.write(WEBHOOK)
        assert (await answer(reader)).status == 200
        await asyncio.sleep(2.5)  # longer than headers may take, with every look at it
    async with asyncio.timeout(20):
        assert await reader.read() == b""  # and not for ever
    writer.close()


FLOODS = {
    "count": POST + b"x-flood: 1\r\n" * 5_000 + b"\r\n",
    "name": POST + b"x" * 3_000_000 + b": 1\r\n\r\n",
    "value": POST + b"x: " + b"y" * 3_000_000,
    "path": b"POST /" + b"x" * 3_000_000,
}


@pytest.mark.parametrize("flood", FLOODS)
async def test_a_flood_of_headers_is_431(served: Served, flood: str) -> None:
    told = await served.ask(FLOODS[flood])
    assert (told.status, told.json["error"]) == (431, "headers_too_large")
    assert served.refused("headers_too_large") == 1


async def test_as_many_headers_as_may_be_are_taken(served: Served) -> None:
    more = b"".join(b"x-%d: %b\r\n" % (n, b"y" * 500) for n in range(MAX_HEADERS - 2))
    assert 40_000 < len(more) < MAX_HEAD_BYTES
    head = POST + more + b"content-length: %d\r\n\r\n" % len(BODY)
    assert (await served.ask(head + BODY)).status == 200
    reader, writer = await served.connect()
    for piece in range(0, len(head), 5_000):
        writer.write(head[piece : piece + 5_000])
        await writer.drain()
        await asyncio.sleep(0)
    writer.write(BODY)
    assert (await answer(reader)).status == 200
    writer.write(POST[:10])  # what came before does not count for the next
    await asyncio.sleep(0.05)
    writer.write(WEBHOOK[10:])
    assert (await answer(reader)).status == 200
    writer.close()


async def test_after_a_body_in_many_pieces_the_next_headers_are_counted_from_nothing(
    served: Served,
) -> None:
    body = BODY.ljust(4_000)
    reader, writer = await served.connect()
    for _ in range(40):  # more than a head may have, in all
        writer.write(POST + b"content-length: 4000\r\n\r\n")
        for at in range(0, 4_000, 1_000):
            writer.write(body[at : at + 1_000])
            await asyncio.sleep(0.001)
        assert (await answer(reader)).status == 200
        writer.write(POST[:20])
        await asyncio.sleep(0.001)
        writer.write(WEBHOOK[20:])
        assert (await answer(reader)).status == 200
    writer.close()


@pytest.mark.parametrize(
    "nonsense", [b"\x16\x03\x01\x02\x00", b"GET\r\n\r\n", b"POST /\xff HTTP/1.1\r\n\r\n"]
)
async def test_what_is_no_http_is_400_in_our_words_and_counted(
    served: Served, nonsense: bytes
) -> None:
    told = await served.ask(nonsense)
    assert (told.status, told.json["error"]) == (400, "not_http")
    assert told.headers["content-type"] == "application/json"
    assert served.refused("not_http") == 1


async def test_a_large_body_of_a_sender_that_reads_last_is_413(served: Served) -> None:
    for how in (
        b"content-length: 12000000\r\n\r\n",
        b"transfer-encoding: chunked\r\n\r\nb71b00\r\n",
    ):
        reader, writer = await served.connect()
        writer.write(POST + how)
        for _ in range(12):
            writer.write(b"x" * 1_000_000)
            await writer.drain()
        if how.startswith(b"t"):
            writer.write(b"\r\n0\r\n\r\n")
        told = await answer(reader)
        assert (told.status, told.json["error"]) == (413, "too_large")
        writer.close()


async def test_a_body_of_two_gigabytes_is_413_and_little_of_it_is_read(served: Served) -> None:
    reader, writer = await served.connect()
    writer.write(POST + b"content-length: 2000000000\r\n\r\n")
    sent = 0

    async def send() -> None:
        nonlocal sent
        while sent < 2_000_000_000:
            writer.write(b"x" * 1_000_000)
            await writer.drain()
            sent += 1_000_000

    sending = asyncio.create_task(send())
    told = await answer(reader)
    assert told.status == 413
    await asyncio.sleep(1)
    assert sent < 64_000_000
    sending.cancel()
    writer.transport.abort()


async def test_a_bomb_is_415_before_it_is_looked_at(served: Served) -> None:
    bomb = gzip.compress(bytes(2_000_000))
    head = b"content-encoding: gzip\r\ncontent-length: %d\r\n\r\n" % len(bomb)
    told = await served.ask(POST + head + bomb)
    assert (told.status, told.json["error"]) == (415, "encoded")
    assert served.refused("encoded", "inbox") == 1
    assert served.bench.log.records == []
    as_it_is = b"content-encoding: identity\r\ncontent-length: %d\r\n\r\n" % len(BODY)
    assert (await served.ask(POST + as_it_is + BODY)).status == 200


@pytest.mark.parametrize("trailer", [b"x: y\r\n" * 5_000, b"x: " + b"y" * 3_000_000])
async def test_a_flood_behind_a_chunked_body_is_cut_off(
    served: Served, trailer: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LimitedProtocol, "max_body_wire_bytes", 1_000_000)
    reader, writer = await served.connect()
    writer.write(POST + b"transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n" + trailer)
    async with asyncio.timeout(4):  # less than a body may take
        with contextlib.suppress(ConnectionError):
            assert await reader.read() == b""
    writer.close()
    assert served.bench.log.records == []


async def test_more_connections_than_files_are_told_so(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LimitedProtocol, "max_connections", 2)
    kept = [await served.connect() for _ in range(2)]
    await asyncio.sleep(0.1)
    reader, writer = await served.connect()
    told = await answer(reader)
    assert (told.status, told.json["error"]) == (503, "too_many_connections")
    assert "retry-after" in told.headers
    writer.close()
    for _, other in kept:
        other.close()
    await asyncio.sleep(0.1)


async def test_nothing_that_is_refused_says_what_was_sent(served: Served) -> None:
    told = await served.ask(b"nonsense-with-varda-secret-1\r\n\r\n")
    assert b"secret" not in told.body
    assert set(msgspec.json.decode(told.body)) == {"error", "message"}
