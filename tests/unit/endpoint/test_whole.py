"""However a request arrives, whole or in pieces, alone or behind others, its answer is the same."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from app.core.webhook import RawRecord
from app.endpoint.errors import KafkaAway, KafkaRefused, Overloaded
from app.endpoint.log import Position
from tests.unit.endpoint.asgi import LIMIT, Answer
from tests.unit.endpoint.served import BODY, POST, WEBHOOK, Served, answer, serving

FORGED = WEBHOOK.replace(b"/inbox ", b"/shop ")
LENGTH = b"content-length: %d\r\n" % len(BODY)
TOO_LARGE = POST + b"content-length: %d\r\n\r\n" % (LIMIT + 1) + b"x" * (LIMIT + 1)
REQUESTS = {
    "a webhook": (WEBHOOK, 200),
    "without a body": (POST + b"content-length: 0\r\n\r\n", 200),
    "in chunks": (
        POST
        + b"transfer-encoding: chunked\r\n\r\n5\r\n%b\r\n%x\r\n%b\r\n0\r\n\r\n"
        % (BODY[:5], len(BODY) - 5, BODY[5:]),
        200,
    ),
    "that closes": (POST + LENGTH + b"Connection: close\r\n\r\n" + BODY, 200),
    "of HTTP/1.0": (WEBHOOK.replace(b"HTTP/1.1", b"HTTP/1.0"), 200),
    "of no secret": (FORGED, 401),
    "to nobody": (WEBHOOK.replace(b"/inbox ", b"/nobody "), 404),
    "with a query": (WEBHOOK.replace(b"/inbox ", b"/inbox?a=b "), 200),
    "escaped": (WEBHOOK.replace(b"/inbox ", b"/%69nbox "), 200),
    "of another method": (WEBHOOK.replace(b"POST", b"PUT"), 405),
    "too large": (TOO_LARGE, 413),
    "packed": (POST + LENGTH + b"content-encoding: gzip\r\n\r\n" + BODY, 415),
    "not packed": (POST + LENGTH + b"content-encoding: identity\r\n\r\n" + BODY, 200),
    "that waits to be told": (POST + LENGTH + b"expect: 100-continue\r\n\r\n" + BODY, 200),
}

VARY = {"date": "", "content-length": ""}


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    async with serving() as one:
        yield one


async def ask(served: Served, *pieces: bytes) -> Answer:
    reader, writer = await served.connect()
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(0.01)  # so that it is read by itself; if not, it is whole again
    told = await answer(reader)
    if told.status == 100:
        told = await answer(reader)
    writer.close()
    return told


@pytest.mark.parametrize("name", REQUESTS)
async def test_in_pieces_it_is_answered_as_whole(served: Served, name: str) -> None:
    request, status = REQUESTS[name]
    end = request.index(b"\r\n\r\n") + 4
    whole = await ask(served, request)
    assert whole.status == status
    for cut in (10, end, min(end + 3, len(request) - 1)):
        told = await ask(served, request[:cut], request[cut:])
        assert told.status == whole.status
        assert told.headers | VARY == whole.headers | VARY
        assert told.json | {"offset": 0} == whole.json | {"offset": 0}
    assert len({record.id for record in served.bench.log.records}) == (status == 200)


async def test_requests_one_behind_the_other_are_answered_in_order(served: Served) -> None:
    reader, writer = await served.connect()
    many = [WEBHOOK, FORGED, WEBHOOK, b"GET /livez HTTP/1.1\r\n\r\n", FORGED, WEBHOOK, WEBHOOK[:50]]
    writer.write(b"".join(many))
    for status in (200, 401, 200, 200, 401, 200):
        assert (await answer(reader)).status == status
    writer.write(WEBHOOK[50:])
    assert (await answer(reader)).status == 200
    writer.write(WEBHOOK)
    assert (await answer(reader)).status == 200
    writer.close()
    assert [record.body for record in served.bench.log.records] == [BODY] * 5


@pytest.mark.parametrize("closes", ["Connection: close", "Connection: keep-alive"])
async def test_a_connection_is_closed_when_it_is_to_be(served: Served, closes: str) -> None:
    reader, writer = await served.connect()
    writer.write(POST + LENGTH + closes.encode() + b"\r\n\r\n" + BODY)
    told = await answer(reader)
    if closes.endswith("close"):
        assert told.headers["connection"] == "close"
        assert await reader.read() == b""
    else:
        assert "connection" not in told.headers
        writer.write(WEBHOOK)
        assert (await answer(reader)).status == 200
    writer.close()


@pytest.mark.parametrize("failure", [KafkaAway(), Overloaded()], ids=["away", "overloaded"])
async def test_what_kafka_does_not_take_is_spooled(served: Served, failure: Exception) -> None:
    served.bench.log.failure = failure
    told = await served.ask(WEBHOOK)
    assert (told.status, told.json["spooled"]) == (202, True)
    assert [record.body for record in served.bench.spool.records] == [BODY]


async def test_while_kafka_is_known_to_be_away_it_is_not_asked(served: Served) -> None:
    served.bench.breaker.trip()
    assert (await served.ask(WEBHOOK)).status == 202
    assert served.bench.log.records == []


@pytest.mark.parametrize(
    ("failure", "status", "error"),
    [(KafkaRefused("MSG_SIZE_TOO_LARGE"), 503, "kafka_refused"), (ValueError(), 500, "internal")],
)
async def test_what_fails_is_said(
    served: Served, failure: Exception, status: int, error: str
) -> None:
    served.bench.log.failure = failure
    told = await served.ask(WEBHOOK)
    assert (told.status, told.json["error"]) == (status, error)
    assert served.refused(error, "inbox") == 1


async def test_a_spool_that_cannot_take_it_is_said(served: Served) -> None:
    served.bench.log.failure = KafkaAway()
    served.bench.spool.broken = True
    told = await served.ask(WEBHOOK)
    assert (told.status, told.json["error"]) == (503, "spool_broken")
    assert "retry-after" in told.headers


class Slow:
    """A log that acknowledges when it is told to."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.acknowledges = asyncio.Event()

    async def append(self, _record: RawRecord) -> Position:
        self.asked.set()
        await self.acknowledges.wait()
        return Position("webhooks.raw", 0, 7)


@pytest.fixture
def slow(served: Served, monkeypatch: pytest.MonkeyPatch) -> Slow:
    slow = Slow()
    monkeypatch.setattr(served.bench.log, "append", slow.append)
    return slow


async def test_a_stop_waits_for_the_answer_and_closes(served: Served, slow: Slow) -> None:
    reader, writer = await served.connect()
    writer.write(WEBHOOK)
    await asyncio.wait_for(slow.asked.wait(), 5)
    served.server.should_exit = True
    reading = asyncio.create_task(answer(reader))
    await asyncio.sleep(0.3)  # it is stopping meanwhile
    assert not reading.done()
    slow.acknowledges.set()
    told = await reading
    assert (told.status, told.json["offset"]) == (200, 7)
    assert told.headers["connection"] == "close"
    writer.close()


async def test_who_goes_away_before_the_answer_harms_nobody(served: Served, slow: Slow) -> None:
    _, writer = await served.connect()
    writer.write(WEBHOOK)
    await asyncio.wait_for(slow.asked.wait(), 5)
    writer.transport.abort()
    await asyncio.sleep(0.05)
    slow.acknowledges.set()
    assert (await served.ask(WEBHOOK)).status == 200
