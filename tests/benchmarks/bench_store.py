"""Rows in RocksDB: what they cost, and how much memory many of them take.

    python -m tests.benchmarks.bench_store [--rows N] [--partitions N] [--folder FOLDER]

Writes N rows of about 1.2 KB over the partitions as recovery does (runs of 5,000), changes some of
them as processing does (batches of 100, read before they are written), reads random ones and keys
that are not there, closes everything and opens it again. `us` is wall time a row, `cpu` CPU time of
all threads, RocksDB's own included; `rss` is the peak so far.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from app.faust_batch.rocks.stores import RocksStores
from app.faust_batch.rows import Rows
from tests.benchmarks.machine import machine

TOPIC = "state.conversations"
RUN = 5_000
BATCH = 100
CHANGES = 500_000
READS = 200_000
ODD = 0x9E3779B97F4A7C15
TEXTS = [os.urandom(700) + b"a text as people write it, with names. " * 12 for _ in range(997)]


class Record(NamedTuple):
    key: bytes
    value: bytes
    offset: int = 0
    timestamp: int = 0
    headers: tuple[tuple[str, bytes], ...] = ()


def key(number: int) -> bytes:
    return b"varda/conversation/%020d" % (number * ODD % 2**64)


def value(number: int, version: int = 0) -> bytes:
    return b"%012d %012d " % (number, version) + TEXTS[(number + version) % 997]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=5_000_000)
    options.add_argument("--partitions", type=int, default=8)
    options.add_argument("--folder", type=Path, default=None)
    chosen = options.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="bench-store-", dir=chosen.folder))
    print(machine())
    print(f"{chosen.rows:,} rows, {len(value(0)):,} bytes each, {chosen.partitions} partitions")
    try:
        bench(folder, chosen.rows, chosen.partitions)
    finally:
        shutil.rmtree(folder)


def bench(folder: Path, count: int, partitions: int) -> None:
    stores = RocksStores(folder)
    parts = [stores(TOPIC, number) for number in range(partitions)]
    measure("restored", count, lambda: restore(parts, count))
    measure("changed", CHANGES, lambda: change(parts, count))
    measure("read", READS, lambda: read(parts, count, 0, READS))
    measure("missed", READS, lambda: read(parts, count, count, 0))
    stores.close()
    files = [file for file in folder.rglob("*") if file.is_file()]
    size = sum(file.stat().st_size for file in files)
    print(f"on disk {size / 1e9:.2f} GB in {len(files)} files")
    stores = RocksStores(folder)
    began = time.perf_counter()
    parts = [stores(TOPIC, number) for number in range(partitions)]
    print(f"opened in {time.perf_counter() - began:.2f} s; about {sum(p.about() for p in parts):,}")
    measure("read", READS, lambda: read(parts, count, 0, READS))
    stores.close()


def restore(parts: list[Rows], count: int) -> None:
    for first in range(0, count, RUN):
        rows = parts[first // RUN % len(parts)]
        rows.restore(records(first, min(first + RUN, count)), first + RUN)


def records(first: int, after: int) -> Iterator[Record]:
    return (Record(key(n), value(n)) for n in range(first, after))


def change(parts: list[Rows], count: int) -> None:
    chance = random.Random(1)
    for version in range(CHANGES // BATCH):
        first = chance.randrange(count // RUN) * RUN
        rows = parts[first // RUN % len(parts)]
        changes: list[tuple[bytes, bytes | None]] = []
        for number in chance.sample(range(first, first + RUN), BATCH):
            assert rows[key(number)]
            changes.append((key(number), value(number, version)))
        rows.include(rows.hold(changes), rows.offset + 1)


def read(parts: list[Rows], count: int, beyond: int, expected: int) -> None:
    chance, found = random.Random(2), 0
    for _ in range(READS):
        number = chance.randrange(count // RUN * RUN)
        found += parts[number // RUN % len(parts)].get(key(number + beyond)) is not None
    assert found == expected, found


def measure(what: str, count: int, work: Callable[[], None]) -> None:
    began, cpu = time.perf_counter(), time.process_time()
    work()
    took, used = time.perf_counter() - began, time.process_time() - cpu
    print(
        f"{what:9} {count:>9,}: {took / count * 1e6:6.2f} us, {used / count * 1e6:6.2f} cpu,"
        f" {count / took:>9,.0f}/s, rss {peak_mb():,.0f} MB",
        flush=True,
    )


def peak_mb() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1e3


if __name__ == "__main__":
    main()
