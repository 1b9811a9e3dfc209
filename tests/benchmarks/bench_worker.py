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
import sys
from pathlib import Path

from app.child.process import Child
from app.core.vendors import VENDORS
from app.kafka.broker import Broker
from app.kafka.groups import worker_group
from app.kafka.topics import Topics
from tests.benchmarks.engine import (
    Group,
    measure,
    process,
    records_in,
    wait_until_ready,
    worker,
)
from tests.benchmarks.one_broker import PARTITIONS, create, one_broker
from tests.benchmarks.report import heading, in_words, table
from tests.benchmarks.settings import add_settings
from tests.benchmarks.traffic import publish, traffic

LIMIT_S = 300
TOY = Path(__file__).with_name("toy_job.py")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--events", type=int, default=200_000)
    options.add_argument("--job", choices=("topology", "fold", "noop"), default="topology")
    options.add_argument("--vendor", choices=("all", *(vendor.name for vendor in VENDORS)))
    options.add_argument("--runs", type=int, default=3)
    add_settings(options)
    chosen = options.parse_args()
    settings = dict(chosen.settings)
    records = list(traffic(chosen.vendor or "all")(chosen.events))
    gc.freeze()
    heading(
        " ".join(["bench_worker", *sys.argv[1:]]),
        f"{len(records):,} raw records, {PARTITIONS} partitions, acks=all, job: {chosen.job}",
    )
    rows: list[list[str]] = []
    with one_broker() as (broker, folder):
        for run in range(chosen.runs):
            topics = Topics(f"run{run}.")
            create(broker, topics)
            publish(broker.bootstrap, topics.raw, records)
            child = _start(broker, topics, folder / f"worker{run}.log", chosen.job, settings)
            rows.append([f"{run + 1}", *_figures(broker, topics, child, len(records))])
    head = ["run", "events/s", "CPU s / 100,000", "broker", "peak MiB", "rows / event"]
    table(head, rows)


def _start(broker: Broker, topics: Topics, log: Path, job: str, settings: dict[str, str]) -> Child:
    if job == "topology":
        return worker(broker, topics, log, settings)
    prefix = ("--bootstrap", broker.bootstrap, "--prefix", topics.prefix)
    return process("worker", [str(TOY), *prefix, "--job", job], log, settings)


def _figures(broker: Broker, topics: Topics, child: Child, count: int) -> list[str]:
    try:
        wait_until_ready(child)
        group = Group(broker, worker_group(topics), topics.raw)
        figures = measure(broker, [child], group.done, count, LIMIT_S)
    finally:
        child.stop(10)
    return [*in_words(figures), f"{records_in(broker, topics.state) / figures.events:.2f}"]


if __name__ == "__main__":
    main()
