"""While no worker comes to it, a webhook that was received is said to wait: its key has no row."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.core.webhook import RawRecord
from app.kafka.log import MIB
from app.kafka.topics import Topics
from app.read.waiting import MOST_BYTES
from app.simulate.payloads import varda
from tests.integration import local_http
from tests.integration.inspector_process import InspectorProcess
from tests.integration.inspector_view import wait
from tests.integration.on_kafka import append, publish
from tests.one_kafka import PARTITIONS
from tests.unit.read.installation import RECEIVED, Installation

ROW, NO_ROW, NOTHING = (f"/conversations/varda/{id}" for id in (7, 8, 9))


@pytest.fixture
def hookline(kafka: str, topics: Topics) -> Installation:
    """A worker that has been there, and is gone: another conversation came since, twice."""
    found = Installation(PARTITIONS, topics.prefix)
    found.receive(varda.conversation("created", 7, RECEIVED))
    found.work()
    found.receive(varda.conversation("created", 8, RECEIVED))
    publish(found, kafka)
    return found


@pytest.fixture
def late(hookline: Installation, kafka: str) -> RawRecord:
    record = hookline.receive(varda.message(8, 1, RECEIVED))
    publish(hookline, kafka)
    return record


@pytest.fixture
def client(late: RawRecord, kafka: str, topics: Topics, tmp_path: Path) -> Iterator[httpx.Client]:
    process = InspectorProcess(tmp_path, topics.prefix, kafka)
    try:
        process.wait_until_ready()
        with local_http.Client(base_url=process.url) as client:
            wait(lambda: client.get("/api/status").json()["lag"] == 2)
            wait(lambda: client.get(ROW).status_code == 200)
            yield client
    finally:
        process.child.kill()
        assert process.child.wait(10)


def test_the_api_says_it_of_any_key(
    client: httpx.Client, hookline: Installation, late: RawRecord
) -> None:
    """Of one that has a row, too, and of one that was never received."""
    first = next(
        one for one in hookline.log.read(hookline.topics.raw) if one.key == b"varda/conversation/8"
    )
    said = {path: client.get(f"/api{path}/waiting").json() for path in (ROW, NO_ROW, NOTHING)}
    since = dict(first.headers)["ce_time"].decode()
    assert said == {
        ROW: {"webhooks": 0, "since": None, "unsearched": 0},
        NO_ROW: {"webhooks": 2, "since": since, "unsearched": 0},
        NOTHING: {"webhooks": 0, "since": None, "unsearched": 0},
    }


def test_it_is_said_of_its_key_and_of_its_place(client: httpx.Client, late: RawRecord) -> None:
    page = client.get(NO_ROW)
    assert page.status_code == 404
    assert "<strong>2 webhooks</strong> of this key wait for the worker, since" in page.text
    assert 'href="/#partitions"' in page.text
    assert "Nothing that was received made one" not in page.text

    record = client.get(f"/records/{late.partition}:{late.offset}").text
    assert "it waits for the worker" in record
    assert "belongs to no row" not in record

    nothing = client.get(NOTHING).text
    assert "Nothing that was received made one" in nothing


def test_more_bytes_than_are_looked_through(
    client: httpx.Client, hookline: Installation, late: RawRecord, kafka: str
) -> None:
    raw, bodies = hookline.topics.raw, MOST_BYTES // (2 * MIB)
    for _ in range(bodies):
        hookline.log.append(raw, late.partition, b"nobody", bytes(2 * MIB))
    append(hookline, kafka, [raw])
    said = client.get(f"/api{NO_ROW}/waiting").json()
    assert said == {"webhooks": 0, "since": None, "unsearched": bodies + 2}
    page = client.get(NO_ROW)
    assert page.status_code == 404
    assert f"{bodies + 2} webhooks of its partition wait for the worker, too much to" in page.text
