"""What the worker's own code costs an event, without Kafka:
`python -m tests.benchmarks.bench_projector`.

Raw records of eight partitions through the worker's agent, a batch of each in turn: read, decode,
fold, encode, and pack for the producer, which is not there. Between `bench_pure`, whose data lies
in the processor's caches, and `bench_worker`. How many stories go on at once, and how many records
a batch has, decide how many rows are written; here that is seen without noise.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable

from faust.types.tuples import TP

from app.faust_batch.batch import Batch, Delivery, Outgoing
from app.faust_batch.memory import MemoryRecord
from app.faust_batch.runner import calm_collector
from app.faust_batch.transactions.outputs import Outputs
from app.kafka.connection import Connection
from app.kafka.partition import partition_of
from app.kafka.topics import Topics
from tests.benchmarks.one_broker import PARTITIONS
from tests.benchmarks.report import heading, table
from tests.benchmarks.traffic import busy
from tests.topology.driver import catalogue, codecs, encoders
from topologies.app import create_app
from topologies.metrics import WorkerMetrics

SEND_BYTES = 900_000
TOPICS = Topics("bench.")

Log = dict[int, list[MemoryRecord]]


class Packed:
    """Makes record batches of what it is given, and forgets them."""

    atomic = True

    def __init__(self) -> None:
        self.records: dict[str, int] = defaultdict(int)

    async def send_rows(
        self, topic: str, partition: int, rows: Iterable[Outgoing]
    ) -> list[Delivery]:
        outputs = Outputs(_room, SEND_BYTES)
        deliveries = await outputs.send_rows(topic, partition, rows)
        self.records[topic] += sum(delivery.records for delivery in deliveries)
        return deliveries


async def _room() -> None: ...


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--events", type=int, default=100_000)
    options.add_argument("--at-once", type=_numbers, default=[64, 4_096])
    options.add_argument("--least", type=int, default=6, help="webhooks a key has")
    options.add_argument("--batch", type=_numbers, default=[500, 2_000, 8_000])
    chosen = options.parse_args()
    heading(" ".join(["bench_projector", *sys.argv[1:]]), f"{chosen.events:,} events of Varda's")
    rows: list[list[str]] = []
    for at_once in chosen.at_once:
        log = _log(chosen.events, at_once, chosen.least)
        calm_collector()
        for batch in chosen.batch:
            seconds, written = asyncio.run(project(log, batch))
            each = [1e6 * seconds / chosen.events, written / chosen.events]
            rows.append([f"{at_once:,}", f"{batch:,}", f"{each[0]:.1f}", f"{each[1]:.2f}"])
    table(["open at once", "records a batch", "µs of CPU an event", "rows / event"], rows)


def _numbers(text: str) -> list[int]:
    return [int(one) for one in text.split(",")]


def _log(events: int, at_once: int, least: int) -> Log:
    log: Log = defaultdict(list)
    for record in busy("varda", at_once, least)(events):
        run, at = log[partition_of(record.key, PARTITIONS)], record.received_at // 1000
        run.append(MemoryRecord(len(run), at, record.key.encode(), record.body, record.headers()))
    return log


async def project(log: Log, size: int) -> tuple[float, int]:
    """Seconds of CPU, and how many rows were written."""
    app = create_app(
        Connection("127.0.0.1:1"), TOPICS, catalogue(), encoders(), codecs(), WorkerMetrics()
    )
    [agent] = app.agents.values()
    outbox = Packed()
    began = time.process_time()
    for first in range(0, max(map(len, log.values())), size):
        for partition, records in log.items():
            if some := records[first : first + size]:
                batch = Batch(TP(TOPICS.raw, partition), some, outbox)
                await agent.fun(_one(batch))
    return time.process_time() - began, sum(outbox.records[topic] for topic in TOPICS.state)


async def _one(batch: Batch) -> AsyncIterator[Batch]:
    yield batch


if __name__ == "__main__":
    main()
