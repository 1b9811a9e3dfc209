"""How long from a webhook on the raw log to its row: `python -m tests.benchmarks.bench_latency`.

Varda's events of the simulator at an even pace, into one worker. The clock runs from the call that
produces a raw record until a read_committed consumer of `state.*` has a row that holds it. Broker
and worker have just been started when the first is sent: what the broker's JVM has not compiled yet
makes the first seconds slow, so they stand in lines of their own. Also: from the start of the
worker's process to its first row, for a new worker and for one that has rows to recover. Broker,
worker, sender and reader share the machine.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from confluent_kafka import Producer

from app.avro.lock import load_lock
from app.avro.repository import load_repository
from app.avro.row_codecs import row_codecs
from app.child.process import Child
from app.core.webhook import RawRecord
from app.kafka.broker import Broker
from app.kafka.groups import worker_group
from app.kafka.topics import Topics
from tests.benchmarks.engine import Group, wait, worker
from tests.benchmarks.machine import cpu_seconds
from tests.benchmarks.one_broker import PARTITIONS, create, one_broker
from tests.benchmarks.report import heading, table
from tests.benchmarks.row_times import RowTimes, Sent, latencies
from tests.benchmarks.settings import add_settings
from tests.benchmarks.traffic import busy

TOPICS = Topics("bench.")
BEFORE = 1_000  # records that lie on the log when the worker starts
LIMIT_S = 60


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rate", type=int, default=1_000, help="events a second")
    options.add_argument("--seconds", type=int, default=60)
    options.add_argument("--first", type=int, default=10, help="seconds before those")
    options.add_argument("--partitions", type=int, default=PARTITIONS)
    options.add_argument("--at-once", type=int, default=4_096, help="stories that go on together")
    add_settings(options)
    chosen = options.parse_args()
    seconds = chosen.first + chosen.seconds
    count = chosen.rate * seconds
    records = list(busy("varda", chosen.at_once)(BEFORE + count + 1))
    heading(
        " ".join(["bench_latency", *sys.argv[1:]]),
        f"{chosen.rate:,} events a second for {seconds} s, {chosen.partitions} partitions,"
        " acks=all; milliseconds",
    )
    with one_broker() as (broker, folder):
        create(broker, TOPICS, chosen.partitions)
        bench = Bench(broker, folder, dict(chosen.settings), chosen.partitions)
        try:
            new = bench.start(records[:BEFORE])
            bench.pace(records[BEFORE:-1], chosen.rate)
            load = Busy(*(used / seconds for used in bench.used))
            again = bench.restart(records[-1])
        finally:
            bench.stop()
        bench.report(chosen.rate, chosen.first, load, new, again)


class Busy(NamedTuple):
    """Of a core each: 1.0 is all of one."""

    worker: float
    broker: float


class Bench:
    def __init__(
        self, broker: Broker, folder: Path, settings: dict[str, str], partitions: int
    ) -> None:
        self._broker, self._folder, self._settings = broker, folder, settings
        self._partitions = partitions
        self._sender = Sender(broker.bootstrap)
        self._rows = RowTimes(broker.bootstrap, TOPICS, partitions)
        self._group = Group(broker, worker_group(TOPICS), TOPICS.raw, partitions)
        self._sent = 0
        self._since = 0
        self._paced: list[Sent] = []
        self._child: Child | None = None
        self.used = 0.0, 0.0

    def start(self, records: Sequence[RawRecord]) -> float:
        """Seconds from the start of the process to its first row."""
        for record in records:
            self._send(record)
        self._sender.flush()
        return self._first_row()

    def _send(self, record: RawRecord) -> None:
        self._sender.send(record)
        self._sent += 1

    def _first_row(self) -> float:
        before, began = len(self._rows), time.time()
        number = 1 if self._child is None else 2
        log = self._folder / f"worker{number}.log"
        self._child = worker(self._broker, TOPICS, log, self._settings, self._partitions)
        self._until(lambda: len(self._rows) > before)
        first = self._rows.first_after(began)
        assert first is not None
        self._until_projected()
        return first - began

    def _until(self, holds: Any) -> None:
        assert self._child is not None
        if not wait([self._child], holds, LIMIT_S):
            raise SystemExit("\n".join(self._child.last_lines(40)))

    def _until_projected(self) -> None:
        self._until(lambda: self._group.done() >= self._sent)

    def pace(self, records: Sequence[RawRecord], rate: int) -> None:
        assert self._child is not None
        self._since = len(self._rows)
        self._sender.sent.clear()
        before, began = self._cpu_seconds(), time.perf_counter()
        for number, record in enumerate(records):
            ahead = began + number / rate - time.perf_counter()
            if ahead > 0:
                time.sleep(ahead)
            self._send(record)
        worker, broker = self._cpu_seconds()
        self.used = worker - before[0], broker - before[1]
        self._sender.flush()
        self._until_projected()
        self._paced = list(self._sender.sent)

    def _cpu_seconds(self) -> tuple[float, float]:
        assert self._child is not None
        return cpu_seconds(self._child.pid), cpu_seconds(self._broker.child.pid)

    def restart(self, record: RawRecord) -> float:
        assert self._child is not None
        self._child.stop(10)
        self._send(record)
        self._sender.flush()
        return self._first_row()

    def stop(self) -> None:
        if self._child is not None:
            self._child.stop(10)
        self._rows.stop()

    def report(self, rate: int, first: int, busy: Busy, new: float, again: float) -> None:
        repository = load_repository()
        codecs = row_codecs(repository, load_lock().with_new(repository))
        rows = list(self._rows.rows({**codecs}, self._since))
        warm_from = self._paced[0].at + first
        cold = [one for one in self._paced if one.at < warm_from]
        warm = [one for one in self._paced if one.at >= warm_from]
        lines: list[list[str]] = []
        for name, sent in (("", warm), (f", in the first {first} s", cold)):
            took, acked = latencies(sent, rows), sorted(one.acked_after for one in sent)
            lines.append([f"produce to row{name}", f"{len(took):,}", *_quantiles(took)])
            acknowledged = f"of it, produce to acknowledgement{name}"
            lines.append([acknowledged, f"{len(acked):,}", *_quantiles(acked)])
        table(["", "events", "p50", "p99", "p99.9", "max"], lines)
        print(
            f"The worker was busy {100 * busy.worker:.0f} % of a core at {rate:,} events/s, the"
            f" broker {100 * busy.broker:.0f} %. From the worker's start to the first row:"
            f" {new:.2f} s, and {again:.2f} s with rows to recover.\n"
        )


def _quantiles(seconds: Sequence[float]) -> list[str]:
    at = (0.5, 0.99, 0.999, 1.0)
    return [f"{1000 * seconds[min(len(seconds) - 1, int(q * len(seconds)))]:.1f}" for q in at]


class Sender:
    """As the endpoint produces. `sent` has what was acknowledged."""

    def __init__(self, bootstrap: str) -> None:
        self.sent: list[Sent] = []
        self._producer = Producer(
            {
                "bootstrap.servers": bootstrap,
                "partitioner": "murmur2_random",
                "compression.type": "lz4",
                "linger.ms": 0,
                "acks": "all",
                "log_level": 0,
            }
        )

    def send(self, record: RawRecord) -> None:
        at = time.time()
        self._producer.produce(
            TOPICS.raw,
            record.body,
            record.key,
            headers=[*record.headers()],
            on_delivery=partial(self._delivered, record.key, at),
        )
        self._producer.poll(0)

    def _delivered(self, key: str, at: float, error: Any, message: Any) -> None:
        assert error is None, error
        place = message.partition(), message.offset()
        self.sent.append(Sent(key, *place, at, message.latency()))

    def flush(self) -> None:
        assert self._producer.flush(30) == 0


if __name__ == "__main__":
    main()
