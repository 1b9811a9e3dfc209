"""Hookline's worker beside other engines at the same job, on one real broker:
`python -m tests.benchmarks.bench_engines`.

Varda's events of the simulator: typed JSON decode, an Avro event out, a fold, an Avro row out,
acks=all, commit after acknowledgement. Hookline does it as it is: all that its rows hold, the
ledger they are proved by, headers, metrics. The others do the light form of it (see `light`). All
records lie on the log before an engine starts; the clock runs from its first record (Hookline: from
when it is ready) until all are committed. Each engine is a process of its own; broker and engine
share the machine. Quix Streams is measured where it is installed: `pip install -e '.[bench]'`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from app.child.process import Child
from app.kafka.broker import Broker
from app.kafka.groups import worker_group
from app.kafka.topics import Topics
from tests.benchmarks.engine import (
    Figures,
    Group,
    measure,
    process,
    records_in,
    wait_until_ready,
    worker,
)
from tests.benchmarks.one_broker import PARTITIONS, create, create_plain, one_broker
from tests.benchmarks.report import heading, in_words, table
from tests.benchmarks.settings import add_settings
from tests.benchmarks.traffic import busy, publish

TOPICS = Topics("bench.")
GOAL_CPU, GOAL_NEXT, GOAL_RATE, GOAL_MIB = 2.0, 1.5, 50_000, 400
PLAIN_CPU, PLAIN_RATE = 2.45, 39_500


class Engine(NamedTuple):
    """`rows` names the topics that its rows are written to, `events` how many records it gets."""

    title: str
    start: Callable[[], Child]
    group: str
    rows: Iterable[str]
    events: int


def main() -> None:
    chosen = _options()
    with one_broker() as (broker, folder):
        create(broker, TOPICS)
        made, keys = publish(
            broker.bootstrap, TOPICS.raw, busy("varda", chosen.at_once, chosen.least)(chosen.events)
        )
        heading(
            " ".join(["bench_engines", *sys.argv[1:]]),
            f"{made:,} raw records of {keys:,} keys, about {chosen.at_once:,} open at once,"
            f" {PARTITIONS} partitions, acks=all",
        )
        engines = _engines(broker, folder, chosen.slow_events or made, made, chosen.settings)
        found: dict[str, tuple[Figures, int]] = {}
        for name in chosen.engines:
            if name == "quix" and find_spec("quixstreams") is None:
                print("Quix Streams is not installed: pip install -e '.[bench]'\n")
                continue
            found[name] = _run(broker, engines[name], chosen.limit)
            print(f"({engines[name].title}: {_short(found[name][0])})", file=sys.stderr)
    _report(engines, found)


def _options() -> argparse.Namespace:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--events", type=int, default=500_000)
    options.add_argument("--slow-events", type=int, default=60_000, help="for Faust; 0: all")
    options.add_argument("--at-once", type=int, default=4_096, help="stories that go on together")
    options.add_argument("--least", type=int, default=6, help="webhooks a key has")
    options.add_argument("--limit", type=float, default=180, help="seconds an engine may take")
    options.add_argument(
        "--engines",
        type=lambda text: text.split(","),
        default=["hookline", "faust", "quix", "plain"],
    )
    add_settings(options)
    return options.parse_args()


def _engines(
    broker: Broker, folder: Path, few: int, all_: int, settings: list[tuple[str, str]]
) -> Mapping[str, Engine]:
    given = dict(settings)

    def hookline() -> Child:
        return worker(broker, TOPICS, folder / "hookline.log", given)

    def light(name: str, module: str, title: str, rows: str | None, events: int) -> Engine:
        out = {kind: f"{name}.{kind}" for kind in ("events", "rows")}

        def start() -> Child:
            create_plain(broker, list(out.values()))
            command = ["-m", f"tests.benchmarks.light.{module}", "--bootstrap", broker.bootstrap]
            command += ["--raw", TOPICS.raw, "--group", name, "--partitions", str(PARTITIONS)]
            command += ["--folder", str(folder / name)]
            command += [word for kind, topic in out.items() for word in (f"--{kind}", topic)]
            return process(name, command, folder / f"{name}.log", {})

        return Engine(title, start, name, [rows or out["rows"]], events)

    return {
        "hookline": Engine(
            "Hookline, all of it", hookline, worker_group(TOPICS), TOPICS.state, all_
        ),
        "faust": light(
            "faust", "faust_agent", "Faust as documented", "faust-rows-changelog", min(few, all_)
        ),
        "quix": light(
            "quix",
            "quix_streams",
            "Quix Streams",
            f"changelog__quix--{TOPICS.raw}--default",
            all_,
        ),
        "plain": light("plain", "plain_loop", "plain Python loop", None, all_),
    }


def _run(broker: Broker, engine: Engine, limit_s: float) -> tuple[Figures, int]:
    """What it took, and how many rows it wrote."""
    child = engine.start()
    try:
        wait_until_ready(child)
        group = Group(broker, engine.group, TOPICS.raw)
        figures = measure(broker, [child], group.done, engine.events, limit_s)
    finally:
        child.stop(10)
    return figures, records_in(broker, engine.rows)


def _short(figures: Figures) -> str:
    return f"{figures.rate:,.0f} events/s, {figures.per_100k(figures.cpu):.2f} CPU s per 100,000"


def _report(engines: Mapping[str, Engine], found: Mapping[str, tuple[Figures, int]]) -> None:
    base = found["hookline"][0] if "hookline" in found else None
    rows: list[list[str]] = []
    for name, (figures, written) in found.items():
        rows.append(
            [
                engines[name].title + (" (stopped)" if figures.stopped else ""),
                f"{figures.events:,}",
                *in_words(figures),
                f"{written / figures.events:.2f}",
                ""
                if base is None
                else f"{figures.cpu / figures.events * base.events / base.cpu:.2f}",
                "" if base is None else f"{figures.rate / base.rate:.2f}",
            ]
        )
    head = ["engine", "events", "events/s", "CPU s / 100,000", "broker", "peak MiB", "rows / event"]
    table([*head, "CPU : Hookline", "events/s : Hookline"], rows)
    if base is not None:
        cpu, mib = base.per_100k(base.cpu), base.peak / 2**20
        print(
            f"Goal: {cpu:.2f} of {GOAL_CPU} CPU s per 100,000 (next {GOAL_NEXT}),"
            f" {base.rate:,.0f} of {GOAL_RATE:,} events/s, {mib:.0f} of {GOAL_MIB} MiB:"
            f" {'met' if _met(base) else 'not met'}."
        )
    if base is not None and "plain" in found:
        _beside(base, found["plain"][0])


def _beside(ours: Figures, plain: Figures) -> None:
    """Where the goal was set the plain loop took PLAIN_CPU and did PLAIN_RATE: what the goal is on
    any machine.
    """
    cpu = ours.per_100k(ours.cpu) / plain.per_100k(plain.cpu)
    rate = ours.rate / plain.rate
    met = cpu <= GOAL_CPU / PLAIN_CPU and rate >= GOAL_RATE / PLAIN_RATE
    print(
        f"Beside the plain loop: {cpu:.2f} of {GOAL_CPU / PLAIN_CPU:.2f} times its CPU, {rate:.2f}"
        f" of {GOAL_RATE / PLAIN_RATE:.2f} times its events/s: {'met' if met else 'not met'}."
    )


def _met(figures: Figures) -> bool:
    return (
        figures.per_100k(figures.cpu) <= GOAL_CPU
        and figures.rate >= GOAL_RATE
        and figures.peak <= GOAL_MIB * 2**20
    )


if __name__ == "__main__":
    main()
