"""How long the inspector takes to make its view anew, and to search it:
`python -m tests.benchmarks.bench_view [--rows N]`.

Rows of people of their own lie in the three topics of rows. The inspector starts without a view;
the clock runs from its first line until the view is live. Then it is asked for pages of 50 rows
over HTTP, each question as often as REPEATS, and a row is written to see how long until the API
shows it.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from statistics import median
from typing import Any, NamedTuple

import httpx
from confluent_kafka import Producer

from app.kafka.broker import Broker
from app.kafka.topics import Topics
from app.read.tables import state_topics
from tests.benchmarks.machine import cpu_seconds, peak_bytes
from tests.benchmarks.one_broker import PARTITIONS, create, one_broker
from tests.benchmarks.report import heading, table
from tests.benchmarks.view_rows import encoded_rows
from tests.integration.inspector_process import InspectorProcess

TOPICS = Topics("bench.")
LIMIT_S = 600
REPEATS = 5
CHANGES = 20

QUESTIONS: dict[str, str] = {
    "all": "conversations",
    "a filter": "calls?phase=ended",
    "three filters": "conversations?phase=active&channel=email&assignee=eva+novák",
    "silent for 30 minutes": "conversations?silent_for=30m",
    "silent for 300 days": "conversations?silent_for=300d",
    "dead letters": "conversations?dead_letters=true",
    "a name": "conversations?q=nakamura",
    "a whole name": "conversations?q=grace+nakamura",
    "a name that nobody has": "conversations?q=nakamuri",
    "a telephone number": "conversations?q=%2B44+7{phone}",
    "its end": "conversations?q={tail}",
    "an e-mail address": "conversations?q={email}",
    "an id": "conversations?q={id}",
    "a part of an id": "conversations?q={part}",
    "a frequent word": "conversations?q=refund",
    "eight words": "conversations?q=recognise+warehouse+moment+agent+again+thanks+refund+parcel",
    "a name and two filters": "conversations?q=nakamura&phase=created&channel=sms",
    "three letters": "conversations?q=the",
    "two letters that nobody has": "conversations?q=qz",
}


class Rebuilt(NamedTuple):
    """Seconds, of CPU too, and bytes: the most in memory, and on disk."""

    seconds: float
    cpu: float
    peak: int
    disk: int


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=1_000_000)
    count = options.parse_args().rows
    with one_broker() as (broker, folder):
        create(broker, TOPICS)
        size, sample = fill(broker, count)
        heading(
            " ".join(["bench_view", *sys.argv[1:]]),
            f"{count:,} rows of {size:,.0f} bytes, {PARTITIONS} partitions",
        )
        inspector = InspectorProcess(folder, TOPICS.prefix, broker.bootstrap)
        try:
            inspector.wait_until_ready()
            with httpx.Client(base_url=inspector.url, timeout=60) as client:
                rebuilt = rebuild(inspector, client)
                table(
                    ["rebuilt in s", "rows/s", "CPU s", "peak MiB", "on disk, bytes / row"],
                    [_in_words(rebuilt, count)],
                )
                rows = [search(client, name, path, sample) for name, path in QUESTIONS.items()]
                table(["search", "rows", "median ms", "greatest ms"], rows)
                shown = [change(broker, client, sample) for _ in range(CHANGES)]
                print(
                    f"From a change until the API shows it: median {median(shown) * 1e3:.0f} ms, "
                    f"greatest {max(shown) * 1e3:.0f} ms; peak "
                    f"{peak_bytes(inspector.child.pid) / 2**20:,.0f} MiB."
                )
        finally:
            inspector.child.stop(10)


def _in_words(rebuilt: Rebuilt, rows: int) -> list[str]:
    return [
        f"{rebuilt.seconds:.1f}",
        f"{rows / rebuilt.seconds:,.0f}",
        f"{rebuilt.cpu:.1f}",
        f"{rebuilt.peak / 2**20:,.0f}",
        f"{rebuilt.disk / rows:,.0f}",
    ]


class Sample(NamedTuple):
    """One of the rows: its key, and its value."""

    key: str
    value: bytes


def fill(broker: Broker, count: int) -> tuple[float, Sample]:
    """Mean bytes of a row, and a conversation."""
    producer = Producer(
        {
            "bootstrap.servers": broker.bootstrap,
            "partitioner": "murmur2_random",
            "linger.ms": 20,
            "queue.buffering.max.messages": 1_000_000,
        }
    )
    topics = state_topics(TOPICS)
    size, sample = 0, None
    for of, key, value in encoded_rows(count):
        size += len(value)
        if of == "conversation":
            sample = sample or Sample(key, value)
        while True:
            try:
                producer.produce(topics[of], value, key)
                break
            except BufferError:
                producer.poll(0.1)
        producer.poll(0)
    assert producer.flush(120) == 0
    assert sample is not None
    return size / count, sample


def rebuild(inspector: InspectorProcess, client: httpx.Client) -> Rebuilt:
    deadline = time.monotonic() + LIMIT_S
    while client.get("/api/status").json()["view"]["doing"] != "live":
        if time.monotonic() > deadline:
            raise SystemExit(inspector.child.log.read_text())
        time.sleep(0.1)
    lines = [json.loads(line) for line in inspector.child.log.read_text().splitlines()]
    began, live = (_at(lines, event) for event in ("the view is read", "the view is live"))
    pid = inspector.child.pid
    disk = sum(file.stat().st_size for file in inspector.view.parent.iterdir())
    return Rebuilt(live - began, cpu_seconds(pid), peak_bytes(pid), disk)


def _at(lines: list[dict[str, Any]], event: str) -> float:
    [stamp] = [line["timestamp"] for line in lines if line["event"] == event]
    return datetime.fromisoformat(stamp).timestamp()


def search(client: httpx.Client, name: str, path: str, sample: Sample) -> list[str]:
    asked = path.format(**dict(_words(client, sample)))
    tries = [_timed(client, asked) for _ in range(REPEATS)]
    took = [seconds for seconds, _ in tries]
    found = tries[-1][1].json()
    rows = f"{len(found['items'])}{'+' if found['next'] else ''}"
    return [name, rows, f"{median(took) * 1e3:.1f}", f"{max(took) * 1e3:.1f}"]


def _timed(client: httpx.Client, asked: str) -> tuple[float, httpx.Response]:
    began = time.perf_counter()
    answer = client.get(f"/api/{asked}")
    return time.perf_counter() - began, answer


def _words(client: httpx.Client, sample: Sample) -> Iterator[tuple[str, str]]:
    source, _, id = sample.key.split("/")
    row = client.get(f"/api/conversations/{source}/{id}").json()
    phone = row["contact"]["phone"]
    yield "phone", phone[4:]
    yield "tail", phone[-7:]
    yield "email", row["contact"]["email"]
    yield "id", id
    yield "part", id[3:12]


def change(broker: Broker, client: httpx.Client, sample: Sample) -> float:
    """Seconds from when a row is produced until the API has it."""
    producer = Producer({"bootstrap.servers": broker.bootstrap, "partitioner": "murmur2_random"})
    source, _, id = sample.key.split("/")
    began = time.time()
    at = int(began * 1000)
    producer.produce(TOPICS.state_conversations, sample.value, sample.key, timestamp=at)
    assert producer.flush(10) == 0
    while True:
        row = client.get(f"/api/conversations/{source}/{id}").json()
        if datetime.fromisoformat(row["written_at"]).timestamp() >= at / 1000:
            return time.time() - began
        time.sleep(0.002)


if __name__ == "__main__":
    main()
