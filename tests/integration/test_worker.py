"""`hookline worker` on a real Kafka: what it makes, who shares the work, how it starts and ends."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from app.core.projection import TABLES
from app.core.vendors import VENDORS
from app.core.vendors.contract import Source
from app.kafka.groups import committed, worker_group
from app.kafka.log import Log
from app.kafka.topics import Topics
from app.read.tables import state_topics
from app.simulate.traffic import Traffic
from tests.integration.on_kafka import append
from tests.integration.worker_process import WorkerProcess
from tests.one_kafka import PARTITIONS
from tests.unit.read.installation import RECEIVED, Installation, codecs

Start = Callable[..., WorkerProcess]


@pytest.fixture
def start(kafka: str, prefix: str, tmp_path: Path) -> Iterator[Start]:
    with ExitStack() as stack:

        def start(name: str = "worker", **options: object) -> WorkerProcess:
            given: dict[str, object] = {"bootstrap": kafka, "partitions": PARTITIONS} | options
            process = WorkerProcess(tmp_path, prefix=prefix, name=name, **given)  # type: ignore[arg-type]
            stack.callback(process.child.kill)
            return process

        yield start


class Shop:
    """Simulated webhooks of all vendors, put on the raw log in portions; and the truth of them."""

    def __init__(self, kafka: str, topics: Topics, count: int) -> None:
        self._kafka, self._topics = kafka, topics
        self.truth = Installation(PARTITIONS, topics.prefix)
        sources = [Source(name=v.name, vendor=v.name, account_id="1") for v in VENDORS]
        deliveries = Traffic(sources, seed=5, now=RECEIVED).deliveries(count)
        self._webhooks = [delivery.webhook for delivery in deliveries]
        self._sent = 0

    def receive(self, count: int) -> None:
        self.truth.receive_all(self._webhooks[self._sent : self._sent + count])
        append(self.truth, self._kafka, [self._topics.raw])
        self._sent = min(self._sent + count, len(self._webhooks))

    def committed(self) -> dict[int, int]:
        group = worker_group(self._topics)
        found = committed(self._kafka, group, self._topics.raw, PARTITIONS)
        return {number: at.offset for number, at in found.items()}

    def wait_until_projected(self, worker: WorkerProcess, seconds: float = 30) -> None:
        deadline = time.monotonic() + seconds
        while sum(self.committed().values()) < self._sent:
            assert time.monotonic() < deadline, worker.said()
            time.sleep(0.05)

    def assert_rows_are_right(self) -> None:
        self.truth.work()
        with Log(self._kafka) as log:
            for table in TABLES:
                topic = state_topics(self._topics)[table]
                there = {record.key: record.value for record in log.read(topic)}
                here = {record.key: record.value for record in self.truth.log.read(topic)}
                assert there.keys() == here.keys()
                load = codecs()[table].loads
                for key, value in here.items():
                    assert load(there[key] or b"") == load(value or b""), key

    def assert_nothing_committed_ahead(self) -> None:
        """Every webhook before a committed offset has its event or its dead letter."""
        committed = self.committed()
        outputs = [*map(self._topics.events, (v.name for v in VENDORS)), self._topics.dead]
        with Log(self._kafka) as log:
            made = {dict(r.headers)["ce_id"] for topic in outputs for r in log.read(topic)}
            wanted = {
                dict(record.headers)["ce_id"]
                for record in log.read(self._topics.raw)
                if record.offset < committed[record.partition]
            }
        assert wanted <= made


def test_workers_share_the_work_and_every_row_is_right(
    kafka: str, topics: Topics, start: Start
) -> None:
    shop = Shop(kafka, topics, 4_000)
    shop.receive(1_000)
    first = start("first")
    first.wait_until_ready()
    second = start("second")
    shop.receive(1_000)
    second.wait_until_ready()
    shop.receive(1_000)
    assert second.stop() == 0
    shop.assert_nothing_committed_ahead()
    shop.receive(2_000)
    shop.wait_until_projected(first)
    assert '"partitions": []' not in second.said()
    assert first.stop() == 0
    shop.assert_nothing_committed_ahead()
    shop.assert_rows_are_right()


def test_it_is_ready_when_it_works_and_counts_what_it_does(
    kafka: str, topics: Topics, start: Start
) -> None:
    shop = Shop(kafka, topics, 200)
    shop.receive(400)
    worker = start()
    worker.wait_until_ready()
    assert worker.status("/livez") == 200
    shop.wait_until_projected(worker)
    page = httpx.get(worker.url + "/metrics").text
    assert "hookline_worker_ready 1.0" in page
    assert 'hookline_worker_records_total{effect="applied",vendor="varda"}' in page
    assert 'hookline_worker_dead_letters_total{reason="schema_mismatch"' in page
    assert 'hookline_worker_lag{partition="0"} 0.0' in page


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_within_a_second(topics: Topics, start: Start, number: int) -> None:
    worker = start()
    worker.wait_until_ready()
    began = time.monotonic()
    os.kill(worker.child.pid, number)
    assert worker.exit_code() == 0
    assert time.monotonic() - began < 1


def test_another_partition_count_is_refused(topics: Topics, start: Start) -> None:
    worker = start(partitions=PARTITIONS + 1)
    assert worker.exit_code() == 2
    assert f"Topic {topics.raw} has 4 partitions, 5 expected" in worker.said()
    assert "--partitions 4" in worker.said()


def test_topics_that_are_not_there_are_named(start: Start, prefix: str) -> None:
    worker = start()
    assert worker.exit_code() == 2
    assert f"{prefix}webhooks.raw" in worker.said()
    assert "hookline topics apply" in worker.said()


def test_a_kafka_that_is_not_there_is_named(start: Start) -> None:
    worker = start(bootstrap="127.0.0.1:1")
    assert worker.exit_code() == 2
    assert "No Kafka answers at 127.0.0.1:1" in worker.said()
    assert "Traceback" not in worker.said()


def test_a_port_that_is_taken_is_named(topics: Topics, start: Start) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        worker = start(port=port)
        assert worker.exit_code() == 2
    assert f"127.0.0.1:{port}" in worker.said()
    assert "HOOKLINE_WORKER_METRICS_PORT" in worker.said()
    assert "Traceback" not in worker.said()
