"""How long until a worker with many rows is ready: `python -m tests.benchmarks.bench_recovery`.

Rows of simulated conversations, each of its own key, lie in `state.conversations`. The clock runs
from the start of the process until it is ready. It is started twice: what lives in memory is read
again, RocksDB (-s HOOKLINE_WORKER_STORE=rocksdb) goes on where it stood. Then two workers share the
rows, one is told to stop, and the other goes on with its partitions: at once, with
-s HOOKLINE_WORKER_STANDBYS=1.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import NamedTuple

from confluent_kafka import Producer

from app.child.process import Child
from app.core.projection import BatchProjection
from app.core.rows import rows_in_memory
from app.kafka.broker import Broker
from app.kafka.topics import Topics
from tests.benchmarks.engine import assignment, owned, wait, wait_until_ready, worker
from tests.benchmarks.machine import cpu_seconds, peak_bytes
from tests.benchmarks.one_broker import PARTITIONS, create, one_broker
from tests.benchmarks.report import heading, table
from tests.benchmarks.settings import add_settings
from tests.benchmarks.traffic import traffic
from tests.topology.driver import catalogue, codecs

SAMPLE = 20_000  # webhooks whose rows are written over and over, by other keys
LIMIT_S = 300
STAND_BY_S = 20  # for the rows of another's partitions
TOPICS = Topics("bench.")


class Found(NamedTuple):
    """From the start of the process until it was ready: seconds, of CPU too, and peak bytes."""

    start: str
    seconds: float
    cpu: float
    peak: int


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=1_000_000)
    add_settings(options)
    chosen = options.parse_args()
    with one_broker() as (broker, folder):
        create(broker, TOPICS)
        size = fill(broker, chosen.rows)
        heading(
            " ".join(["bench_recovery", *sys.argv[1:]]),
            f"{chosen.rows:,} rows of {size:,.0f} bytes, {PARTITIONS} partitions",
        )
        found = [_start(broker, folder, dict(chosen.settings), n) for n in ("first", "again")]
        stalled, read = takeover(broker, folder, dict(chosen.settings))
    head = ["start", "ready after s", "rows/s", "CPU s", "peak MiB", "peak bytes / row"]
    table(head, [_in_words(one, chosen.rows) for one in found])
    print(f"Takeover of half the partitions: {stalled:.2f} s at a stand, {read:,} records read.")


def _in_words(found: Found, rows: int) -> list[str]:
    return [
        found.start,
        f"{found.seconds:.1f}",
        f"{rows / found.seconds:,.0f}",
        f"{found.cpu:.1f}",
        f"{found.peak / 2**20:,.0f}",
        f"{found.peak / rows:,.0f}",
    ]


def fill(broker: Broker, count: int) -> float:
    """Mean bytes of a row with its key."""
    producer = Producer(
        {
            "bootstrap.servers": broker.bootstrap,
            "partitioner": "murmur2_random",
            "linger.ms": 20,
            "queue.buffering.max.messages": 1_000_000,
        }
    )
    size = 0
    for number, value in enumerate(islice(cycle(list(_values())), count)):
        key = b"varda/conversation/%015d" % number
        size += len(key) + len(value)
        while True:
            try:
                producer.produce(TOPICS.state_conversations, value, key)
                break
            except BufferError:
                producer.poll(0.1)
        producer.poll(0)
    assert producer.flush(60) == 0
    return size / count


def _values() -> Iterator[bytes]:
    rows, _ = rows_in_memory(codecs())
    log = [record for record in traffic("varda")(SAMPLE) if "/conversation/" in record.key]
    BatchProjection(catalogue(), rows).take(log)
    rows.segments_written()
    for row in rows.rows_written():
        yield row.value


def takeover(broker: Broker, folder: Path, settings: dict[str, str]) -> tuple[float, int]:
    """Seconds for which the worker that stays did not process, and the records it read."""

    def start(name: str) -> Child:
        data = {"HOOKLINE_DATA_DIR": str(folder / f"state of {name}")}
        return worker(broker, TOPICS, folder / f"{name}.log", {**data, **settings})

    leaves, stays = crew = [start("leaves"), start("stays")]
    try:
        _expect(crew, lambda: owned(leaves) == owned(stays) == PARTITIONS // 2)
        time.sleep(STAND_BY_S)
        leaves.ask_to_stop()
        _expect([stays], lambda: owned(stays) == PARTITIONS)
        last = assignment(stays)
        assert last is not None
        return last["after_s"], last["read"]
    finally:
        for child in crew:
            child.stop(20)


def _expect(children: list[Child], holds: Callable[[], bool]) -> None:
    if not wait(children, holds, LIMIT_S):
        raise SystemExit("\n".join(line for child in children for line in child.last_lines()))


def _start(broker: Broker, folder: Path, settings: dict[str, str], name: str) -> Found:
    data = {"HOOKLINE_DATA_DIR": str(folder / "state")}
    began = time.perf_counter()
    child = worker(broker, TOPICS, folder / f"{name}.log", {**data, **settings})
    try:
        wait_until_ready(child, LIMIT_S)
        took = time.perf_counter() - began
        return Found(name, took, cpu_seconds(child.pid), peak_bytes(child.pid))
    finally:
        child.stop(20)


if __name__ == "__main__":
    main()
