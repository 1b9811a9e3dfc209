"""The inspector as a process: killed as it reads, behind a token, live, without its Kafka."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
from confluent_kafka import Producer

from app.kafka.broker import Broker
from app.kafka.topics import Topics
from tests.integration import local_http
from tests.integration.inspector_data import installation
from tests.integration.inspector_process import InspectorProcess
from tests.integration.inspector_view import wait
from tests.integration.mortal import Mortal
from tests.integration.on_kafka import publish
from tests.unit.inspector.asking import BEARER, TOKEN
from tests.unit.inspector.view.rows import conversation
from tests.unit.read.installation import codecs

MANY = 80_000  # more than are committed together


@contextmanager
def inspector(
    folder: Path, kafka: str, topics: Topics, **env: str
) -> Iterator[tuple[InspectorProcess, httpx.Client]]:
    process = InspectorProcess(folder, topics.prefix, kafka, env)
    try:
        process.wait_until_ready()
        headers = BEARER if "HOOKLINE_TOKEN" in env else {}
        with local_http.Client(base_url=process.url, headers=headers) as client:
            yield process, client
    except AssertionError as error:
        error.add_note(process.child.log.read_text())
        raise
    finally:
        process.child.kill()
        assert process.child.wait(10)


def view_of(client: httpx.Client) -> dict[str, Any]:
    return client.get("/api/status").json()["view"]


def many_rows(kafka: str, topics: Topics) -> None:
    """One row under many keys."""
    value = codecs()["conversation"].dumps(conversation("1", said="hello"))
    producer = Producer({"bootstrap.servers": kafka, "queue.buffering.max.messages": MANY})
    for number in range(MANY):
        producer.produce(topics.state_conversations, value, b"varda/conversation/%d" % number)
    assert producer.flush(30) == 0


def held(process: InspectorProcess) -> int:
    """How many rows its file has."""
    if not process.view.exists():
        return 0
    try:
        with closing(sqlite3.connect(process.view)) as database:
            return database.execute("SELECT count(*) FROM row").fetchone()[0]
    except sqlite3.OperationalError:  # the tables are not there yet
        return 0


def test_killed_as_it_reads_it_goes_on_where_it_was(
    kafka: str, topics: Topics, tmp_path: Path
) -> None:
    many_rows(kafka, topics)
    with inspector(tmp_path, kafka, topics) as (process, _):
        wait(lambda: held(process) > 0, 60)
        process.child.kill()
        inode = process.view.stat().st_ino
    before = held(process)
    assert 0 < before < MANY
    with inspector(tmp_path, kafka, topics) as (process, client):
        wait(lambda: view_of(client)["doing"] == "live", 60)
        assert view_of(client)["made_anew"] is None
        assert process.view.stat().st_ino == inode
        [tallied] = client.get("/api/status").json()["rows"]
        assert tallied["rows"] == held(process) == MANY
        lines = process.child.log.read_text().splitlines()
        read = [one for one in map(json.loads, lines) if one["event"] == "the view is read"]
        assert [(one["doing"], one["why"]) for one in read] == [
            ("rebuilding", "there is none yet"),
            ("rebuilding", None),
        ]


def test_live_changes_are_told(kafka: str, topics: Topics, tmp_path: Path) -> None:
    hookline = installation(kafka, topics)
    with inspector(tmp_path, kafka, topics) as (process, client):
        wait(lambda: view_of(client)["doing"] == "live")
        with client.stream("GET", "/api/events") as events:
            assert events.headers["content-type"].startswith("text/event-stream")
            lines = events.iter_lines()
            assert next(line for line in lines if line == "event: view")
            message = {"id": "m-live", "conversation_id": "live", "content": "And now?"}
            record = hookline.receive(
                {
                    "event": "conversation.created",
                    "timestamp": "2026-06-01T12:00:00Z",
                    "data": {"id": "live", "conversation_id": "live", "message": message},
                }
            )
            hookline.work()
            publish(hookline, kafka)
            assert next(line for line in lines if line == "event: row")
            told = json.loads(next(lines).removeprefix("data: "))
        assert (told["key"], told["kind"]) == (record.key, "conversation")
        row = client.get("/api/conversations/varda/live").json()
        assert row["phase"] == told["phase"]
        process.child.ask_to_stop()
        assert process.child.wait(10)
        assert process.child.exit_code() == 0


def test_nobody_waits_for_news_longer_than_it_runs(
    kafka: str, topics: Topics, tmp_path: Path
) -> None:
    with (
        inspector(tmp_path, kafka, topics) as (process, client),
        client.stream("GET", "/api/events") as events,
    ):
        lines = events.iter_lines()
        next(lines)
        process.child.ask_to_stop()
        assert process.child.wait(10)
        assert process.child.exit_code() == 0
        for _ in lines:  # it comes to an end
            pass


def test_a_token_is_asked_for_and_stands_nowhere(
    kafka: str, topics: Topics, tmp_path: Path
) -> None:
    with inspector(tmp_path, kafka, topics, HOOKLINE_TOKEN=TOKEN) as (process, client):
        assert local_http.get(f"{process.url}/api/status").status_code == 401
        assert local_http.get(f"{process.url}/subjects").status_code == 200
        wait(lambda: view_of(client)["doing"] == "live")
        done = local_http.post(f"{process.url}/login", data={"token": TOKEN})
        assert done.status_code == 303
        local_http.post(f"{process.url}/login", data={"token": f"{TOKEN}?"})
        client.get("/api/calls?q=x")
        metrics = client.get("/metrics").text
        process.child.ask_to_stop()
        assert process.child.wait(10)
    written = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert TOKEN.encode() not in b"".join(written) + metrics.encode()


def test_it_shows_what_it_has_while_kafka_is_away(
    broker: Broker, topics: Topics, tmp_path: Path
) -> None:
    installation(broker.bootstrap, topics)
    mortal = Mortal(broker, topics, tmp_path)
    with inspector(tmp_path, broker.bootstrap, topics) as (_, client):
        wait(lambda: view_of(client)["doing"] == "live")
        mortal.pause()
        try:
            wait(lambda: view_of(client)["doing"] == "away", 60)
            [one] = client.get("/api/calls?limit=1").json()["items"]
            gone = client.get(f"/api/calls/{one['source']}/{one['call_id']}/timeline")
            assert gone.status_code == 503
        finally:
            mortal.resume()
        wait(lambda: view_of(client)["doing"] == "live", 60)
        found = client.get(f"/api/calls/{one['source']}/{one['call_id']}/timeline")
        assert found.json()["total"] > 0
