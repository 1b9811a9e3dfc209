"""Events a second and CPU of the worker: `python -m tests.benchmarks.bench_worker`. Real broker.

Raw records lie on the log when the worker starts. The clock runs from when it is ready (its rows
recovered, its partitions assigned) until every record is committed, which is after all outputs
are acknowledged (acks=all). Broker and worker share the machine.

    --job topology   `hookline worker` as it is: decode, Avro events, folds, rows, ledger
    --job fold       app.faust_batch alone: JSON decode, a sum by key, an event and a row out
    --job noop       app.faust_batch alone: records read and committed
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import psutil
from confluent_kafka import Producer

from app.child.process import Child
from app.core.vendors import VENDORS
from app.core.vendors.contract import Source
from app.core.webhook import RawRecord
from app.kafka.admin import administration
from app.kafka.broker import Broker, install
from app.kafka.groups import committed, worker_group
from app.kafka.log import Log
from app.kafka.provision import apply
from app.kafka.topics import Topics, declare
from app.simulate.traffic import Traffic
from tests.benchmarks.machine import cpu_seconds, machine

PARTITIONS = 8
ROOT = Path(__file__).parents[2]
TOY = Path(__file__).with_name("toy_job.py")
NOW = 1_780_000_000_000_000

Generator = Callable[[int], Iterable[RawRecord]]


class Figures(NamedTuple):
    """Seconds and bytes."""

    wall: float
    worker_cpu: float
    broker_cpu: float
    peak: int


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--events", type=int, default=200_000)
    options.add_argument("--job", choices=("topology", "fold", "noop"), default="topology")
    options.add_argument("--vendor", choices=("all", *(vendor.name for vendor in VENDORS)))
    options.add_argument("--runs", type=int, default=3)
    chosen = options.parse_args()
    print(machine())
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        broker = Broker(install(), folder / "data", folder / "kafka.log")
        broker.start()
        stack.callback(broker.stop)
        broker.wait_until_ready()
        bench = Bench(broker, folder, chosen.job)
        made = bench.fill(traffic(chosen.vendor or "all"), chosen.events)
        print(f"{made:,} raw records, {PARTITIONS} partitions, acks=all, job: {chosen.job}")
        for run in range(chosen.runs):
            bench.report(bench.measure(run), run)


class Bench:
    """One raw log; each run is a prefix of its own, with the same records."""

    def __init__(self, broker: Broker, folder: Path, job: str) -> None:
        self._broker, self._folder, self._job = broker, folder, job
        self._records: list[RawRecord] = []

    def fill(self, generate: Generator, count: int) -> int:
        self._records = list(generate(count))
        gc.freeze()
        return len(self._records)

    def measure(self, run: int) -> Figures:
        topics = Topics(f"run{run}.")
        with administration(self._broker.bootstrap) as admin:
            apply(admin, declare(topics, partitions=PARTITIONS, replication=1))
        publish(self._broker.bootstrap, topics.raw, self._records)
        worker = self._start(run, topics)
        try:
            self._wait(worker, lambda: "ready" in worker.log.read_text())
            began = time.perf_counter()
            before = cpu_seconds(worker.pid), cpu_seconds(self._broker.child.pid)
            self._wait(worker, lambda: self._done(topics) >= len(self._records))
            wall = time.perf_counter() - began
            used = cpu_seconds(worker.pid) - before[0]
            broker_used = cpu_seconds(self._broker.child.pid) - before[1]
            peak = psutil.Process(worker.pid).memory_info().rss
        finally:
            worker.stop(10)
        return Figures(wall, used, broker_used, peak)

    def _start(self, run: int, topics: Topics) -> Child:
        prefix = ("--bootstrap", self._broker.bootstrap, "--prefix", topics.prefix)
        if self._job == "topology":
            command = [sys.executable, "-m", "app.cli.main", "worker", *prefix]
            command += ["--partitions", str(PARTITIONS), "--port", "0"]
        else:
            command = [sys.executable, str(TOY), *prefix, "--job", self._job]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        return Child("worker", command, self._folder / f"worker{run}.log", env=environment)

    def _done(self, topics: Topics) -> int:
        group = worker_group(topics)
        found = committed(self._broker.bootstrap, group, topics.raw, PARTITIONS)
        return sum(at.offset for at in found.values())

    def _wait(self, worker: Child, holds: Callable[[], bool]) -> None:
        while not holds():
            if worker.exit_code() is not None:
                raise SystemExit("\n".join(worker.last_lines()))
            time.sleep(0.02)

    def report(self, figures: Figures, run: int) -> None:
        count = len(self._records)
        print(
            f"{count / figures.wall:,.0f} events/s,"
            f" worker {figures.worker_cpu / count * 1e5:.2f} CPU s per 100,000 events,"
            f" broker {figures.broker_cpu / count * 1e5:.2f},"
            f" {figures.peak / 2**20:.0f} MiB,"
            f" {self._written(run):.2f} rows written an event"
        )

    def _written(self, run: int) -> float:
        topics = Topics(f"run{run}.")
        with Log(self._broker.bootstrap) as log:
            written = sum(span.end for name in topics.state for span in log.spans(name).values())
        return written / len(self._records)


def traffic(vendor: str) -> Generator:
    """The simulator's webhooks of all vendors or one, as the endpoint writes them."""

    def generate(count: int) -> Iterator[RawRecord]:
        names = [each.name for each in VENDORS if vendor in ("all", each.name)]
        sources = [Source(name=n, vendor=n, secrets=(b"a secret",), account_id="1") for n in names]
        for delivery in Traffic(sources, seed=1, now=NOW).deliveries(count):
            webhook = delivery.webhook
            yield RawRecord(
                partition=0,
                offset=0,
                key=webhook.record_key,
                body=webhook.stored,
                id=webhook.id,
                source=webhook.source,
                type=webhook.record_type,
                received_at=NOW,
                content_type=webhook.content_type,
                account="1",
            )

    return generate


def publish(bootstrap: str, topic: str, records: Iterable[RawRecord]) -> None:
    """As the endpoint does: compressed, by Kafka's partitioner."""
    producer = Producer(
        {
            "bootstrap.servers": bootstrap,
            "partitioner": "murmur2_random",
            "compression.type": "lz4",
            "linger.ms": 5,
            "queue.buffering.max.messages": 1_000_000,
        }
    )
    for record in records:
        producer.produce(topic, record.body, record.key, headers=record.headers())
        producer.poll(0)
    assert producer.flush(60) == 0


if __name__ == "__main__":
    main()
