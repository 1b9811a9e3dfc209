"""How fast a log is exported, and how much memory that takes: rows of many people, the raw log and
the events of all vendors, by the very command, a process each.

    python -m tests.benchmarks.bench_export [count]
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from confluent_kafka import Producer

from app.avro.event_encoders import event_encoders
from app.avro.lock import load_lock
from app.avro.repository import load_repository
from app.core.dead_letter import RAW
from app.core.undecodable import Undecodable
from app.kafka.broker import Broker
from app.kafka.topics import Topics
from app.read.tables import state_topics
from tests.benchmarks.machine import cpu_seconds, peak_bytes
from tests.benchmarks.one_broker import create, one_broker
from tests.benchmarks.report import heading, table
from tests.benchmarks.traffic import traffic
from tests.benchmarks.view_rows import encoded_rows
from tests.topology.driver import catalogue

TOPICS = Topics()
COUNT = 200_000
COMMANDS = {
    "rows, Parquet": ("export", "conversations", "calls", "contacts"),
    "rows, JSON lines": ("export", "conversations", "calls", "contacts", "--format", "jsonl"),
    "raw, Parquet": ("export", "raw"),
    "events, Parquet": ("export", "events"),
    "sql, count of conversations": ("sql", "select count(*) from conversations", "--csv"),
}


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    heading("bench_export", f"{count:,} rows, as many raw records, and their events; 8 partitions.")
    with one_broker() as (broker, _):
        create(broker, TOPICS)
        fill(broker, count)
        measured = [measure(broker, name, command) for name, command in COMMANDS.items()]
    table(("what", "rows", "s", "rows/s", "CPU s", "MiB", "MB written"), measured)


def fill(broker: Broker, count: int) -> None:
    producer = Producer(
        {
            "bootstrap.servers": broker.bootstrap,
            "partitioner": "murmur2_random",
            "compression.type": "lz4",
            "linger.ms": 20,
        }
    )

    def produce(topic: str, key: str, value: bytes, headers: list[tuple[str, bytes]]) -> None:
        while True:
            try:
                producer.produce(topic, value, key, headers=headers)  # pyright: ignore[reportArgumentType]
                break
            except BufferError:
                producer.poll(0.1)
        producer.poll(0)

    topics = state_topics(TOPICS)
    for of, key, value in encoded_rows(count):
        produce(topics[of], key, value, [])
    decode, encoders = catalogue().decode, event_encoders(load_repository(), load_lock())
    for record in traffic("all")(count):
        headers = record.headers()
        produce(TOPICS.raw, record.key, record.body, headers)
        try:
            decoded = decode(record)
        except Undecodable:
            continue
        value = encoders[decoded.schema](decoded.event)
        produce(TOPICS.events(decoded.schema[0]), record.key, value, [*headers, (RAW, b"0:0")])
    assert producer.flush(120) == 0


def measure(broker: Broker, name: str, command: tuple[str, ...]) -> list[str]:
    with tempfile.TemporaryDirectory(prefix="hookline-bench-") as folder:
        out = Path(folder, "out")
        where = () if command[0] == "sql" else ("--out", str(out), "--json")
        began = time.perf_counter()
        printed = Path(folder, "printed")
        with printed.open("wb") as stdout:
            child = subprocess.Popen(
                [sys.executable, "-m", "app.cli.main", *command, *where],
                env={**os.environ, "HOOKLINE_BOOTSTRAP": broker.bootstrap},
                stdout=stdout,
            )
        peak, cpu = 0, 0.0
        while child.poll() is None:
            with suppress(OSError, ValueError, IndexError):  # it has just ended
                peak, cpu = peak_bytes(child.pid), cpu_seconds(child.pid)
            time.sleep(0.02)
        took = time.perf_counter() - began
        assert child.returncode == 0
        written = sum(path.stat().st_size for path in out.iterdir()) if out.exists() else 0
        rows = _rows(printed.read_text())
    return [
        name,
        f"{rows:,}",
        f"{took:.1f}",
        f"{rows / took:,.0f}",
        f"{cpu:.1f}",
        f"{peak / 2**20:,.0f}",
        f"{written / 1e6:,.1f}",
    ]


def _rows(said: str) -> int:
    if said.startswith("{"):
        return json.loads(said)["rows"]
    return int(said.splitlines()[-1])


if __name__ == "__main__":
    main()
