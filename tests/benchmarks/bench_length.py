"""What an event costs by the length of its conversation: `python -m tests.benchmarks.bench_length`.

One key with 10, 1,000 and 100,000 events, on the pure path: decode, fold, the row's and the event's
Avro; no Kafka. A batch has ten events of the key, whatever its length, so that a row is written as
often. The cost in the last tenth of a conversation is what an event costs at that length. With
--worker also through Kafka and the worker: 100,000 events in keys of that length, on one partition.
"""

from __future__ import annotations

import argparse
import gc
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from random import Random

from app.core.catalogue import Catalogue
from app.core.projection import TABLES, BatchProjection
from app.core.rows import PartitionRows
from app.core.vendors.contract import Source
from app.core.webhook import RawRecord
from app.faust_batch.runner import calm_collector
from app.kafka.groups import worker_group
from app.kafka.topics import Topics
from app.simulate.scene import Ids, Scene
from app.simulate.stories.varda import Chat
from app.simulate.webhook import Webhook
from tests.benchmarks.engine import Group, measure, wait_until_ready, worker
from tests.benchmarks.one_broker import create, one_broker
from tests.benchmarks.report import heading, table
from tests.benchmarks.traffic import NOW, publish
from tests.raw_record import raw_record
from tests.topology.driver import catalogue, codecs, encoders

LENGTHS = (10, 1_000, 100_000)
TOGETHER = 10
EVENTS = 100_000  # that each length is measured with
GOAL = 1.5
LIMIT_S = 300


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--events", type=int, default=EVENTS)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--worker", action="store_true", help="through Kafka and the worker, too")
    chosen = options.parse_args()
    lengths = [length for length in LENGTHS if length <= chosen.events]
    heading(
        " ".join(["bench_length", *sys.argv[1:]]),
        f"µs of CPU an event, the best of {chosen.runs}; {TOGETHER} events of a key in a batch",
    )
    calm_collector()
    rows, first = list[list[str]](), 0.0
    for length in lengths:
        keys = min(1_000, chosen.events // length)
        conversations = [conversation(length, number) for number in range(keys)]
        gc.freeze()
        mean, end = map(min, zip(*(pure(conversations) for _ in range(chosen.runs)), strict=True))
        first = first or mean
        ratios = [f"{mean / first:.2f}", f"{end / first:.2f}"]
        rows.append([f"{length:,}", f"{mean:.1f}", f"{end:.1f}", *ratios])
    table(["events in the key", "mean", "in the last tenth", "ratio", "ratio of the last"], rows)
    print(f"Goal: at most {GOAL} times the first.\n")
    if chosen.worker:
        through_the_worker(lengths, chosen.events)


def conversation(length: int, number: int) -> list[RawRecord]:
    """A chat of so many webhooks, as they lie in a partition where nothing else does."""
    source = Source(name="varda", vendor="varda", secrets=(b"a secret",), account_id="1")
    chance = Random(number)
    chat = Chat(source, Scene(chance, Ids((number + 1) * 10**9), NOW))
    told: list[Webhook] = []

    def note() -> None:
        told.append(chat.webhooks.pop())  # a story compares each with all before it

    chat.opens()
    note()
    while len(told) < length:
        chat.says() if len(told) % 2 else chat.answers()
        note()
    return [raw_record(webhook, webhook.at, n) for n, webhook in enumerate(told)]


def pure(conversations: Sequence[Sequence[RawRecord]]) -> tuple[float, float]:
    """Of all events, and of those in the last tenth of each conversation."""
    took = last = 0.0
    in_all = in_last = 0
    rows = PartitionRows({table: {} for table in TABLES}, {}, codecs())
    for log in conversations:
        tail = len(log) - max(TOGETHER, len(log) // 10)
        for first in range(0, len(log), TOGETHER):
            batch = log[first : first + TOGETHER]
            seconds = _project(batch, rows)
            took, in_all = took + seconds, in_all + len(batch)
            if first >= tail:
                last, in_last = last + seconds, in_last + len(batch)
    return 1e6 * took / in_all, 1e6 * last / in_last


def _project(batch: Sequence[RawRecord], rows: PartitionRows) -> float:
    encode = encoders()
    known: Catalogue = catalogue()
    began = time.process_time()
    for projected in BatchProjection(known, rows).take(batch):
        decoded = projected.decoded
        assert decoded is not None, projected.error
        encode[decoded.schema](decoded.event)
    rows.segments_written()
    rows.rows_written()
    return time.process_time() - began


def through_the_worker(lengths: Sequence[int], events: int) -> None:
    found: list[list[str]] = []
    first: float | None = None
    with one_broker() as (broker, folder):
        for length in lengths:
            topics = Topics(f"of{length}.")
            create(broker, topics, 1)
            count, _ = publish(broker.bootstrap, topics.raw, islice(_keys(length, events), events))
            child = worker(broker, topics, folder / f"of{length}.log", {}, 1)
            try:
                wait_until_ready(child)
                group = Group(broker, worker_group(topics), topics.raw, 1)
                figures = measure(broker, [child], group.done, count, LIMIT_S)
            finally:
                child.stop(10)
            cpu = 1e6 * figures.cpu / figures.events
            first = first or cpu
            found.append(
                [f"{length:,}", f"{cpu:.1f}", f"{figures.rate:,.0f}", f"{cpu / first:.2f}"]
            )
    print("The worker's CPU an event, µs, all of it:\n")
    table(["events in the key", "CPU", "events/s", "ratio"], found)


def _keys(length: int, events: int) -> Iterator[RawRecord]:
    for number in range(max(1, events // length)):
        yield from conversation(length, number)


if __name__ == "__main__":
    main()
