"""The pure path on one core: JSON bytes → typed event → Avro event → folded row, and the row's
Avro encoding. No Kafka, no Faust, no I/O.

    python -m tests.benchmarks.bench_pure [webhooks]

Prints microseconds of CPU an event for the simulator's traffic of each vendor, and for all of
them mixed; each figure is the best of several runs, since other processes share the machine.
The last line is a yardstick for the machine: Varda's events through the light job that
`bench_engines` gives to others (typed JSON, fastavro, a small row; see `light`).
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from app.avro.encoder import compile_encoder
from app.avro.repository import Repository, load_repository
from app.core.catalogue import Catalogue, Decoded
from app.core.projection import TABLES, TOGETHER, AnyRow, BatchProjection, Table
from app.core.rows import Codec, PartitionRows
from app.core.undecodable import Undecodable
from app.core.vendors import VENDORS
from app.core.vendors.contract import Source
from app.core.webhook import RawRecord
from app.faust_batch.runner import calm_collector
from app.simulate.traffic import Traffic
from tests.benchmarks.light.job import Job
from tests.benchmarks.light.rows import Row
from tests.benchmarks.machine import machine
from tests.benchmarks.traffic import NOW
from tests.raw_record import raw_record
from tests.topology.driver import codecs

RUNS = 5
BATCH = TOGETHER  # webhooks; a row that several of them touch is written once


class Path(NamedTuple):
    """Microseconds of CPU an event; `row` is the encoding of a touched row, `write` that and its
    way into store and cache.
    """

    decode: float
    encode: float
    fold: float
    row: float
    write: float

    @property
    def pure(self) -> float:
        return self.decode + self.encode + self.fold


class Bench:
    def __init__(self, repository: Repository) -> None:
        schemas = repository.events()
        self.catalogue = Catalogue(VENDORS, schemas)
        self.events = {name: compile_encoder(schema) for name, schema in schemas.items()}

    def measure(self, log: Sequence[RawRecord]) -> Path:
        decoded = self.decoded(log)
        decode = _best(lambda: self.decode_all(log))
        encode = _best(lambda: self.encode_all(decoded))
        runs = [self._projected(log) for _ in range(RUNS)]
        project, row, write = (min(figures) for figures in zip(*runs, strict=True))
        return Path(
            decode / len(log), encode / len(decoded), (project - decode) / len(log), row, write
        )

    def decode_all(self, log: Sequence[RawRecord]) -> None:
        """As the worker does: nothing of an event is kept when the next is decoded."""
        for record in log:
            try:
                self.catalogue.decode(record)
            except Undecodable:
                continue

    def decoded(self, log: Sequence[RawRecord]) -> list[Decoded]:
        decoded: list[Decoded] = []
        for record in log:
            try:
                decoded.append(self.catalogue.decode(record))
            except Undecodable:
                continue
        return decoded

    def encode_all(self, decoded: Sequence[Decoded]) -> None:
        for one in decoded:
            self.events[one.schema](one.event)

    def _projected(self, log: Sequence[RawRecord]) -> tuple[float, float, float]:
        """Seconds to decode and fold all, batch by batch; to encode a touched row; to write it."""
        timed: dict[Table, TimedCodec] = {t: TimedCodec(codecs()[t]) for t in TABLES}
        rows = PartitionRows({table: {} for table in TABLES}, {}, timed)
        projecting = writing = 0.0
        written = 0
        for first in range(0, len(log), BATCH):
            batch = BatchProjection(self.catalogue, rows)
            began = time.process_time()
            batch.take(log[first : first + BATCH])
            folded = time.process_time()
            written += len(rows.rows_written())
            projecting += folded - began
            writing += time.process_time() - folded
        encoding = sum(codec.seconds for codec in timed.values())
        return projecting, encoding / written, writing / written


class TimedCodec:
    """A codec, and the seconds that it encodes."""

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self.loads = codec.loads
        self.seconds = 0.0

    def dumps(self, row: AnyRow, /) -> bytes:
        began = time.perf_counter()
        data = self._codec.dumps(row)
        self.seconds += time.perf_counter() - began
        return data


def light(log: Sequence[RawRecord]) -> tuple[float, float]:
    """Seconds of the light job: an event from JSON to Avro and into its row; a row's encoding."""
    job = Job(say=False)
    headers = [[("ce_type", one.type.encode()), ("ce_id", one.id.encode())] for one in log]
    rows: dict[str, Row] = {}

    def take() -> None:
        rows.clear()
        for record, named in zip(log, headers, strict=True):
            taken = job.take(rows.get(record.key), named, record.body, record.offset)
            if taken is not None:
                rows[record.key] = taken.row

    pure = _best(take)
    row = _best(lambda: [job.dumps(row) for row in rows.values()])
    return pure / len(log), row / len(rows)


def _best(run: Callable[[], object]) -> float:
    best = float("inf")
    for _ in range(RUNS):
        began = time.process_time()
        run()
        best = min(best, time.process_time() - began)
    return best


def traffic(count: int) -> list[RawRecord]:
    """The simulator's traffic of all vendors, as it would lie in one partition."""
    names = [vendor.name for vendor in VENDORS]
    sources = [Source(name=n, vendor=n, secrets=(b"a secret",), account_id="1") for n in names]
    deliveries = Traffic(sources, seed=1, now=NOW).deliveries(count)
    return [raw_record(delivery.webhook, NOW, offset) for offset, delivery in enumerate(deliveries)]


def main(count: int) -> None:
    bench = Bench(load_repository())
    log = traffic(count)
    by_vendor = {v.name: [one for one in log if one.source == v.name] for v in VENDORS}
    calm_collector()
    print(f"{machine()}\n{len(log)} webhooks; µs of CPU an event, best of {RUNS}\n")
    print(f"{'':<10} {'events':>7} {'bytes':>6} {'decode':>7} {'encode':>7} {'fold':>6}", end="")
    print(f" {'= pure':>7} {'row':>6} {'write':>6}")
    for name, part in {**by_vendor, "all": log}.items():
        path = Path(*(1e6 * seconds for seconds in bench.measure(part)))
        size = sum(len(one.body) for one in part) / len(part)
        print(
            f"{name:<10} {len(part):>7} {size:>6.0f} {path.decode:>7.2f} {path.encode:>7.2f}",
            end="",
        )
        print(f" {path.fold:>6.2f} {path.pure:>7.2f} {path.row:>6.2f} {path.write:>6.2f}")
    pure, row = (1e6 * seconds for seconds in light(by_vendor["varda"]))
    print(f"{'light job, varda':<48} {pure:>8.2f} {row:>6.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
