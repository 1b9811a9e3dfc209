"""What a worker made of simulated traffic, killed in the midst of it, proves itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

from app.core.vendors import VENDORS
from app.core.vendors.contract import Source
from app.kafka.topics import Topics
from app.simulate.traffic import Traffic
from tests.integration.commands import commands
from tests.integration.on_kafka import append
from tests.integration.test_replay_commands import rows
from tests.one_kafka import PARTITIONS
from tests.ports import free_port
from tests.projected import projected
from tests.unit.read.installation import RECEIVED, Installation

WEBHOOKS = 3_000


def test_rows_of_a_killed_worker_are_right_and_a_replay_gives_the_same(
    kafka: str, topics: Topics
) -> None:
    hookline = Installation(PARTITIONS, topics.prefix)
    sources = [Source(name=vendor.name, vendor=vendor.name, account_id="1") for vendor in VENDORS]
    traffic = Traffic(sources, seed=11, now=RECEIVED)
    webhooks = [delivery.webhook for delivery in traffic.deliveries(WEBHOOKS)]
    half = len(webhooks) // 2

    hookline.receive_all(webhooks[:half])
    append(hookline, kafka, [topics.raw])
    first = start_worker(kafka, topics)
    wait_until(lambda: sum(projected(kafka, topics).values()) > 0)
    first.send_signal(signal.SIGKILL)
    first.wait()
    hookline.receive_all(webhooks[half:])
    append(hookline, kafka, [topics.raw])
    second = start_worker(kafka, topics)
    try:
        wait_until(lambda: sum(projected(kafka, topics).values()) == len(webhooks))
    finally:
        second.terminate()
        second.wait(30)

    run = commands(kafka, topics.prefix)
    verified = run("verify", "--all", "--json")
    assert verified.json["findings"] == []
    assert verified.json["rows"] == {"equal": len(traffic.rows)}
    assert (verified.json["raw"]["waiting"], verified.json["raw"]["redrivable"]) == (0, 0)
    assert run("replay", "--into", "again").code == 0
    assert rows(kafka, Topics(f"{topics.prefix}again.")) == rows(kafka, topics)


def start_worker(kafka: str, topics: Topics) -> subprocess.Popen[bytes]:
    environment = os.environ | {
        "HOOKLINE_BOOTSTRAP": kafka,
        "HOOKLINE_TOPIC_PREFIX": topics.prefix,
        "HOOKLINE_PARTITIONS": str(PARTITIONS),
        "HOOKLINE_WORKER_SESSION_TIMEOUT_S": "2",  # how long the second waits for the killed one
    }
    return subprocess.Popen(
        [sys.executable, "-m", "app.cli.main", "worker", "--port", str(free_port())],
        env=environment,
        stderr=subprocess.DEVNULL,
    )


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "the worker did not come so far in time"
        time.sleep(0.2)
