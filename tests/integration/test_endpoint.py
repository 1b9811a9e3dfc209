"""The endpoint on a real Kafka: what is answered 200 is on the log, whatever happens to Kafka."""

from __future__ import annotations

import asyncio
import resource
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.core.vendors.contract import Source
from app.core.webhook import event_id, read_raw_record
from app.endpoint.server import run_endpoint
from app.errors import UserError
from app.kafka.connection import Connection
from app.kafka.log import Log
from app.kafka.partition import partition_of
from app.kafka.topics import Topics
from app.settings import load_settings
from tests.integration import local_http
from tests.integration.endpoint_process import EndpointProcess, call_ended, signed
from tests.integration.mortal import Mortal, mortal
from tests.one_kafka import PARTITIONS

pytestmark = pytest.mark.long(20)

__all__ = ["mortal"]

MIB = 1024 * 1024


@pytest.fixture
def endpoint(kafka: str, topics: Topics, tmp_path: Path) -> Iterator[EndpointProcess]:
    process = EndpointProcess(tmp_path, kafka, topics.prefix, PARTITIONS)
    try:
        process.wait_until_ready()
        yield process
    finally:
        process.child.stop(6)


def test_what_is_receipted_is_on_the_log_byte_for_byte_where_the_receipt_says(
    kafka: str, topics: Topics, endpoint: EndpointProcess
) -> None:
    bodies = [call_ended(f"call-é-{n}") for n in range(40)] + [b"not json", b"{}", b" {}\r\n "]
    before = int(time.time() * 1_000_000)
    with local_http.Client() as client:
        answers = [
            client.post(f"{endpoint.url}/webhooks/shop", content=body, headers=signed(body))
            for body in bodies
        ]
    assert {answer.status_code for answer in answers} == {200}
    with Log(Connection(kafka)) as log:
        on_log = {(r.partition, r.offset): r for r in log.read(topics.raw)}
    assert len(on_log) == len(bodies)
    for body, answer in zip(bodies, answers, strict=True):
        receipt = answer.json()
        assert receipt["topic"] == topics.raw
        record = on_log[receipt["partition"], receipt["offset"]]
        assert record.value == body
        assert record.key == receipt["key"].encode()
        assert record.partition == partition_of(receipt["key"], PARTITIONS)
        raw = read_raw_record(
            record.partition, record.offset, record.key, record.value, record.headers
        )
        assert raw.id == receipt["id"] == event_id("shop", body)
        assert raw.type == receipt["type"]
        assert raw.source == "shop"
        assert raw.delivery == "dlv_1"
        assert before <= raw.received_at <= int(time.time() * 1_000_000)
        assert dict(record.headers)["ce_specversion"] == b"1.0"
    assert {answer.json()["partition"] for answer in answers} == set(range(PARTITIONS))


def test_the_largest_body_is_taken_and_a_larger_one_is_told_so_over_a_real_connection(
    kafka: str, topics: Topics, endpoint: EndpointProcess
) -> None:
    largest = call_ended("big").ljust(MIB)
    answer = local_http.post(
        f"{endpoint.url}/webhooks/shop", content=largest, headers=signed(largest)
    )
    assert answer.status_code == 200
    with Log(Connection(kafka)) as log:
        [record] = log.read(topics.raw)
    assert record.value == largest
    larger = b"x" * (3 * MIB)
    answer = local_http.post(f"{endpoint.url}/webhooks/shop", content=larger)
    assert answer.status_code == 413
    pieces = (b"x" * 65_536 for _ in range(48))
    answer = local_http.post(f"{endpoint.url}/webhooks/shop", content=pieces)  # chunked, no length
    assert answer.status_code == 413


def test_what_is_no_http_is_refused_and_leaves_no_traceback(endpoint: EndpointProcess) -> None:
    for nonsense in (b"\x16\x03\x01\x02\x00", b"GET\r\n\r\n", b"POST /\xff HTTP/1.1\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", endpoint.port), timeout=5) as connection:
            connection.sendall(nonsense)
            assert connection.recv(4096).startswith(b"HTTP/1.1 400")
    assert local_http.get(f"{endpoint.url}/livez").status_code == 200
    assert "Traceback" not in endpoint.written()


IDLE = 10_000


async def test_ten_thousand_idle_connections_are_in_nobodys_way(
    kafka: str, topics: Topics, tmp_path: Path
) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most < IDLE + 500:
        pytest.skip(f"no process may have more than {most} connections here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    endpoint = EndpointProcess(
        tmp_path, kafka, topics.prefix, PARTITIONS, endpoint_header_timeout_s=6
    )
    try:
        await asyncio.to_thread(endpoint.wait_until_ready)
        idle = [await asyncio.open_connection("127.0.0.1", endpoint.port) for _ in range(IDLE)]
        body = call_ended("meanwhile")
        async with local_http.AsyncClient(base_url=endpoint.url) as client:
            answer = await client.post("/webhooks/shop", content=body, headers=signed(body))
            assert answer.status_code == 200
            assert (await client.get("/readyz")).status_code == 200
            assert endpoint.metric("process_open_fds") > IDLE / 2
            async with asyncio.timeout(40):  # each is closed after its six seconds
                while endpoint.metric("process_open_fds") > IDLE / 2:
                    await asyncio.sleep(0.2)
        for _, writer in idle:
            writer.close()
    finally:
        endpoint.child.stop(6)
    assert "Traceback" not in endpoint.written()


def test_a_get_of_call_notify_is_stored_masked(
    kafka: str, topics: Topics, endpoint: EndpointProcess
) -> None:
    query = "event=inbound.call.hangup&key=voiso-secret&data.id=abc"
    assert local_http.get(f"{endpoint.url}/webhooks/phones?{query}").status_code == 200
    with Log(Connection(kafka)) as log:
        [record] = log.read(topics.raw)
    assert record.value == query.replace("voiso-secret", "***").encode()
    assert "voiso-secret" not in endpoint.written()


def test_it_does_not_start_on_another_partition_count(
    kafka: str, topics: Topics, tmp_path: Path
) -> None:
    sources = (Source(name="shop", vendor="varda", secrets=(b"12345678",)),)
    settings = load_settings(
        bootstrap=kafka,
        topic_prefix=topics.prefix,
        partitions=8,
        endpoint_port=0,
        data_dir=tmp_path,
    )
    with pytest.raises(UserError, match="has 4 partitions, 8 expected"):
        run_endpoint(settings, sources)


async def test_sigterm_answers_every_request_that_was_taken(mortal: Mortal) -> None:
    """Kafka is paused so that they are all still under way when the signal comes."""
    limits = httpx.Limits(max_connections=30)
    async with local_http.AsyncClient(base_url=mortal.endpoint.url, limits=limits) as client:
        await client.get("/livez")
        mortal.pause()
        bodies = [call_ended(f"late-{n}") for n in range(20)]
        asked = [
            asyncio.create_task(client.post("/webhooks/shop", content=body, headers=signed(body)))
            for body in bodies
        ]
        slow = asyncio.create_task(slow_body(mortal.endpoint.port))
        await asyncio.sleep(0.5)
        mortal.endpoint.child.ask_to_stop()
        await asyncio.sleep(0.3)
        with pytest.raises(httpx.ConnectError):
            await local_http.AsyncClient().get(f"{mortal.endpoint.url}/livez")
        mortal.resume()
        answers = await asyncio.gather(*asked)
        assert {answer.status_code for answer in answers} <= {200, 202}
        assert (await slow).startswith(b"HTTP/1.1 503")
    assert await asyncio.to_thread(mortal.endpoint.child.wait, 5)
    assert mortal.endpoint.child.exit_code() == 0
    assert "Traceback" not in mortal.endpoint.written()
    with Log(mortal.broker.connection) as log:
        stored = {(r.partition, r.offset): r.value for r in log.read(mortal.topics.raw)}
    spooled = b"".join(file.read_bytes() for file in mortal.spool_files())
    for body, answer in zip(bodies, answers, strict=True):
        receipt = answer.json()
        if answer.status_code == 200:
            assert stored[receipt["partition"], receipt["offset"]] == body
        else:  # on a machine so slow that the budget was over before Kafka could go on
            assert body in spooled or body in stored.values()


async def slow_body(port: int) -> bytes:
    """A request whose body never arrives whole; what is answered to it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"POST /webhooks/shop HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{")
    answer = await reader.read()
    writer.close()
    return answer


def test_sigterm_while_kafka_stays_away_spools_and_still_ends_in_time(mortal: Mortal) -> None:
    mortal.pause()
    body = call_ended("late")
    with socket.create_connection(("127.0.0.1", mortal.endpoint.port)) as connection:
        headers = "".join(f"{name}: {value}\r\n" for name, value in signed(body).items())
        connection.sendall(
            f"POST /webhooks/shop HTTP/1.1\r\nhost: x\r\ncontent-length: {len(body)}\r\n"
            f"{headers}\r\n".encode()
            + body
        )
        time.sleep(0.3)
        mortal.endpoint.child.ask_to_stop()
        connection.settimeout(6)
        assert connection.recv(4096).startswith(b"HTTP/1.1 202")
    assert mortal.endpoint.child.wait(4)
    assert mortal.endpoint.child.exit_code() == 0
    [file] = mortal.spool_files()
    assert body in file.read_bytes()
