"""Requests a second and CPU of the endpoint beside other stacks at the same job, on one broker:
`python -m tests.benchmarks.bench_endpoint`.

Every request's HMAC is verified and answered after Kafka's acks=all. Hookline does it as it is:
bodies masked, keyed and named, limits and time-outs, metrics, a spool at hand. The others do the
light form of it (see `rivals`). All servers are up from the start and get their loads by turns, the
same each; of each one's runs the one that took least CPU is shown, for it was disturbed least.
Broker, servers and load share the machine, each a process of its own. Stacks that are not installed
are left out: `pip install -e '.[bench]'`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path

from app.kafka.broker import Broker
from app.kafka.topics import Topics
from tests.benchmarks.http_server import Figures, Server, hookline, rival
from tests.benchmarks.one_broker import create, one_broker
from tests.benchmarks.report import heading, table

TITLES = {
    "hookline": "Hookline",
    "fastapi": "FastAPI + aiokafka",
    "starlette": "Starlette + confluent-kafka",
}
MODULES = {"fastapi": "fastapi_aiokafka", "starlette": "starlette_confluent"}
GOAL_CPU, GOAL_RATE, GOAL_OF_FASTAPI = 4.0, 25_000, 0.27
WARM_UP = 20_000


def main() -> None:
    chosen = _options()
    size = chosen.requests, chosen.connections, chosen.bytes
    with one_broker() as (broker, folder), ExitStack() as stack:
        create(broker, Topics())
        servers = {name: _start(name, broker, folder) for name in _installed(chosen.servers)}
        for server in servers.values():
            stack.callback(server.child.stop, 6)
            server.wait_until_ready()
            server.load(WARM_UP, chosen.connections, chosen.bytes)  # the JVM and the caches, too
        heading(
            " ".join(["bench_endpoint", *sys.argv[1:]]),
            f"{chosen.requests:,} requests, {chosen.connections} connections, bodies of"
            f" {chosen.bytes} bytes, HMAC, acks=all; the best of {chosen.runs} runs",
        )
        runs: dict[str, list[Figures]] = {name: [] for name in servers}
        for _ in range(chosen.runs):
            for name, server in servers.items():
                runs[name].append(server.measure(broker, *size))
                print(f"({TITLES[name]}: {_short(runs[name][-1])})", file=sys.stderr)
    _report({name: min(each, key=lambda run: run.cpu) for name, each in runs.items()})


def _options() -> argparse.Namespace:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--requests", type=int, default=200_000)
    options.add_argument("--connections", type=int, default=64)
    options.add_argument("--bytes", type=int, default=700)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument(
        "--servers", type=lambda text: text.split(","), default=list(TITLES), metavar="NAME,…"
    )
    return options.parse_args()


def _installed(names: list[str]) -> list[str]:
    return [name for name in names if name == "hookline" or find_spec(name) is not None]


def _start(name: str, broker: Broker, folder: Path) -> Server:
    if name == "hookline":
        return hookline(broker.bootstrap, folder)
    return rival(MODULES[name], broker.bootstrap, Topics().raw, folder)


def _short(figures: Figures) -> str:
    return f"{figures.rate:,.0f} requests/s, {figures.per_100k(figures.cpu):.2f} CPU s per 100,000"


def _report(found: Mapping[str, Figures]) -> None:
    base = found.get("fastapi")
    rows = [[TITLES[name], *_figures(figures, base)] for name, figures in found.items()]
    head = ["endpoint", "requests/s", "CPU s / 100,000", "broker", "p50 ms", "p99 ms", "refused"]
    table([*head, "CPU : FastAPI", "requests/s : FastAPI"], rows)
    if "hookline" in found:
        _judge(found["hookline"], base)


def _figures(figures: Figures, base: Figures | None) -> list[str]:
    return [
        f"{figures.rate:,.0f}",
        f"{figures.per_100k(figures.cpu):.2f}",
        f"{figures.per_100k(figures.broker_cpu):.2f}",
        f"{figures.p50_ms:.1f}",
        f"{figures.p99_ms:.1f}",
        f"{figures.refused}",
        "" if base is None else f"{figures.cpu / base.cpu:.2f}",
        "" if base is None else f"{figures.rate / base.rate:.2f}",
    ]


def _judge(ours: Figures, base: Figures | None) -> None:
    cpu = ours.per_100k(ours.cpu)
    met = cpu <= GOAL_CPU and ours.rate >= GOAL_RATE
    words = (
        f"{cpu:.2f} of {GOAL_CPU} CPU s per 100,000, {ours.rate:,.0f} of {GOAL_RATE:,} requests/s"
    )
    if base is not None:
        met = met and ours.cpu <= GOAL_OF_FASTAPI * base.cpu
        words += f", {ours.cpu / base.cpu:.2f} of {GOAL_OF_FASTAPI} times FastAPI's CPU"
    print(f"Goal: {words}: {'met' if met else 'not met'}.")


if __name__ == "__main__":
    main()
