"""Processes at work on a log until all of it is committed: what they take for it."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from app.child.process import Child
from app.kafka.broker import Broker
from app.kafka.groups import committed
from app.kafka.log import Log
from app.kafka.topics import Topics
from tests.benchmarks.machine import cpu_seconds, peak_bytes
from tests.benchmarks.one_broker import PARTITIONS

ROOT = Path(__file__).parents[2]
POLL_S = 0.1
START_S = 60.0


class Figures(NamedTuple):
    """Of all processes together; seconds, and bytes of the largest. `stopped` where they were not
    given the time to finish."""

    events: int
    wall: float
    cpu: float
    broker_cpu: float
    peak: int
    stopped: bool = False

    @property
    def rate(self) -> float:
        return self.events / self.wall

    def per_100k(self, seconds: float) -> float:
        return seconds / self.events * 1e5


def worker(
    broker: Broker,
    topics: Topics,
    log: Path,
    settings: Mapping[str, str],
    partitions: int = PARTITIONS,
) -> Child:
    """`hookline worker`, with these environment variables."""
    command = ["-m", "app.cli.main", "worker", "--bootstrap", broker.bootstrap]
    command += ["--prefix", topics.prefix, "--partitions", str(partitions), "--port", "0"]
    data = {"HOOKLINE_DATA_DIR": str(log.with_suffix(".data"))}
    return process("worker", command, log, {**data, **settings})


def process(name: str, command: Sequence[str], log: Path, env: Mapping[str, str]) -> Child:
    """A Python process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **env}
    return Child(name, [sys.executable, *command], log, env=environment)


def is_ready(child: Child) -> bool:
    return "ready" in child.log.read_text()


def assignment(child: Child) -> dict[str, Any] | None:
    """What a worker last said of its partitions."""
    lines = [line for line in child.log.read_text().splitlines() if '"ready"' in line]
    return json.loads(lines[-1]) if lines else None


def owned(child: Child) -> int:
    """How many partitions a worker has."""
    last = assignment(child)
    return 0 if last is None else len(last["partitions"])


def wait(children: Sequence[Child], holds: Callable[[], bool], limit_s: float) -> bool:
    """Whether it came to hold in that time. Ends the benchmark where a process ends."""
    deadline = time.monotonic() + limit_s
    while not holds():
        for child in children:
            if child.exit_code() is not None:
                raise SystemExit("\n".join(child.last_lines(40)))
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_S)
    return True


def wait_until_ready(child: Child, limit_s: float = START_S) -> None:
    """Ends the benchmark with what it said where that takes too long."""
    if not wait([child], lambda: is_ready(child), limit_s):
        raise SystemExit("\n".join(child.last_lines(40)))


class Group:
    """How far a consumer group has come on a topic."""

    def __init__(
        self, broker: Broker, group: str, topic: str, partitions: int = PARTITIONS
    ) -> None:
        self._asked = broker.connection, group, topic, range(partitions)

    def done(self) -> int:
        return sum(at.offset for at in committed(*self._asked).values())


def measure(
    broker: Broker, children: Sequence[Child], done: Callable[[], int], wanted: int, limit_s: float
) -> Figures:
    """From now on, until so many records are committed or the time is up."""
    began, at_first = time.perf_counter(), done()
    before = [cpu_seconds(child.pid) for child in children], cpu_seconds(broker.child.pid)
    finished = wait(children, lambda: done() >= wanted, limit_s)
    wall, events = time.perf_counter() - began, done() - at_first
    return Figures(
        events,
        wall,
        sum(cpu_seconds(child.pid) for child in children) - sum(before[0]),
        cpu_seconds(broker.child.pid) - before[1],
        max(peak_bytes(child.pid) for child in children),
        not finished,
    )


def records_in(broker: Broker, topics: Iterable[str]) -> int:
    """As their offsets count them (markers of transactions too)."""
    with Log(broker.connection) as log:
        return sum(span.end for name in topics for span in log.spans(name).values())
