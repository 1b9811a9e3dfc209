"""What more workers bring: `python -m tests.benchmarks.bench_scale`.

1, 2 and 4 workers over the same 8 partitions, with the same records. The workers have joined and
are frozen while the log is filled, then go on together. On one machine they share its cores with
the broker and with each other, so events a second say little; what must hold is that an event costs
all of them together what it costs one.
"""

from __future__ import annotations

import argparse
import gc
import os
import signal
import sys
from pathlib import Path

from app.child.process import Child
from app.core.webhook import RawRecord
from app.kafka.broker import Broker
from app.kafka.groups import worker_group
from app.kafka.topics import Topics
from tests.benchmarks.engine import Figures, Group, measure, owned, wait, worker
from tests.benchmarks.one_broker import PARTITIONS, create, log_bytes, one_broker
from tests.benchmarks.report import heading, in_words, table
from tests.benchmarks.settings import add_settings
from tests.benchmarks.traffic import busy, publish

START_S = 120  # a member hears of another with its next heartbeat: a quarter of a session
FROZEN_S = 60  # a session longer than the log takes to be filled
GOAL = 1.1


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--events", type=int, default=500_000)
    options.add_argument("--workers", type=_numbers, default=[1, 2, 4])
    options.add_argument("--at-once", type=int, default=4_096, help="stories that go on together")
    options.add_argument("--limit", type=float, default=180, help="seconds a run may take")
    add_settings(options)
    chosen = options.parse_args()
    settings = dict(chosen.settings) | {"HOOKLINE_WORKER_SESSION_TIMEOUT_S": str(FROZEN_S)}
    records = list(busy("varda", chosen.at_once)(chosen.events))
    gc.freeze()
    heading(
        " ".join(["bench_scale", *sys.argv[1:]]),
        f"{len(records):,} raw records of Varda's, {PARTITIONS} partitions, acks=all",
    )
    found: dict[int, Figures] = {}
    sizes: dict[str, int] = {}
    with one_broker() as (broker, folder):
        for count in chosen.workers:
            topics = Topics(f"by{count}.")
            create(broker, topics)
            crew = _crew(broker, topics, folder, count, settings)
            try:
                found[count] = _run(broker, topics, crew, records, chosen.limit)
                sizes = _sizes(folder, topics)
            finally:
                for child in crew:
                    child.kill()
                    child.wait(10)
    _report(found)
    per_event = [f"{name} {size / len(records):,.0f}" for name, size in sizes.items()]
    print(f"Bytes an event on the broker's disk, one copy: {', '.join(per_event)}.")


def _numbers(text: str) -> list[int]:
    return [int(one) for one in text.split(",")]


def _crew(
    broker: Broker, topics: Topics, folder: Path, count: int, settings: dict[str, str]
) -> list[Child]:
    crew = [
        worker(broker, topics, folder / f"{topics.prefix}{n}.log", settings) for n in range(count)
    ]
    share = PARTITIONS // count
    if not wait(crew, lambda: all(owned(child) == share for child in crew), START_S):
        raise SystemExit("\n".join(line for child in crew for line in child.last_lines(10)))
    return crew


def _run(
    broker: Broker, topics: Topics, crew: list[Child], records: list[RawRecord], limit_s: float
) -> Figures:
    for child in crew:
        os.kill(child.pid, signal.SIGSTOP)
    publish(broker.bootstrap, topics.raw, records)
    for child in crew:
        os.kill(child.pid, signal.SIGCONT)
    group = Group(broker, worker_group(topics), topics.raw)
    return measure(broker, crew, group.done, len(records), limit_s)


def _sizes(folder: Path, topics: Topics) -> dict[str, int]:
    """Of what lies on the log, by what it is."""
    return {
        "raw": log_bytes(folder, topics.raw),
        "events": log_bytes(folder, topics.events("varda")),
        "rows": sum(log_bytes(folder, topic) for topic in topics.state),
        "ledger": log_bytes(folder, topics.ledger),
    }


def _report(found: dict[int, Figures]) -> None:
    base = next(iter(found.values()))
    table(
        ["workers", "events/s", "CPU s / 100,000", "broker", "peak MiB of one", "CPU : one worker"],
        [
            [
                f"{count}" + (" (stopped)" if figures.stopped else ""),
                *in_words(figures),
                f"{figures.per_100k(figures.cpu) / base.per_100k(base.cpu):.2f}",
            ]
            for count, figures in found.items()
        ],
    )
    print(f"Goal: an event costs all workers together at most {GOAL} times what it costs one.")


if __name__ == "__main__":
    main()
