"""`hookline worker` on a real Kafka: what it counts, how it starts and ends."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from app.core.vendors import VENDORS
from app.core.vendors.contract import Source
from app.kafka.topics import Topics
from app.simulate.traffic import Traffic
from tests.integration import local_http
from tests.integration.on_kafka import append
from tests.integration.worker_process import WorkerProcess
from tests.one_kafka import PARTITIONS
from tests.projected import projected
from tests.unit.read.installation import RECEIVED, Installation

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


WEBHOOKS = 200


def test_it_is_ready_when_it_works_and_counts_what_it_does(
    kafka: str, topics: Topics, start: Start
) -> None:
    receive(kafka, topics)
    worker = start()
    worker.wait_until_ready()
    assert worker.status("/livez") == 200
    wait_until_projected(kafka, topics, worker)
    page = local_http.get(worker.url + "/metrics").text
    assert "hookline_worker_ready 1.0" in page
    assert 'hookline_worker_records_total{effect="applied",vendor="varda"}' in page
    assert 'hookline_worker_dead_letters_total{reason="schema_mismatch"' in page
    assert 'hookline_worker_lag{partition="0"} 0.0' in page


def receive(kafka: str, topics: Topics) -> None:
    """Simulated webhooks of all vendors."""
    sources = [Source(name=v.name, vendor=v.name, account_id="1") for v in VENDORS]
    deliveries = Traffic(sources, seed=5, now=RECEIVED).deliveries(WEBHOOKS)
    hookline = Installation(PARTITIONS, topics.prefix)
    hookline.receive_all(delivery.webhook for delivery in deliveries)
    append(hookline, kafka, [topics.raw])


def wait_until_projected(kafka: str, topics: Topics, worker: WorkerProcess) -> None:
    deadline = time.monotonic() + 30
    while sum(projected(kafka, topics).values()) < WEBHOOKS:
        assert time.monotonic() < deadline, worker.said()
        time.sleep(0.05)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_soon(topics: Topics, start: Start, number: int) -> None:
    """Within a second, where it does not share the machine with others."""
    worker = start()
    worker.wait_until_ready()
    os.kill(worker.child.pid, number)
    assert worker.exit_code(5) == 0


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
