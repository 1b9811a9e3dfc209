"""A contact centre in memory, with its events, and what is exported of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from contextlib import nullcontext
from functools import lru_cache
from itertools import islice
from typing import Any

import msgspec

from app.avro.event_encoders import event_encoders
from app.avro.lock import load_lock
from app.avro.published import Published, load_published
from app.core.dead_letter import RAW, raw_place
from app.core.undecodable import Undecodable
from app.core.vendors import VENDORS
from app.core.vendors.contract import Source
from app.export.choice import Choice
from app.export.line import Line
from app.export.origins import Origins
from app.export.records import record_class
from app.export.run import Taken, run
from app.export.table import Table, tables
from app.read.avro_json import RecordJson
from app.read.raw_record import raw_record
from app.simulate.traffic import Traffic
from tests.unit.read.installation import RECEIVED, Installation, repository

ALL = Choice()
EVERY = tables(repository())
SOURCES = [
    Source(name=vendor.name, vendor=vendor.name, secrets=(b"a secret",), account_id="1")
    for vendor in VENDORS
]


@lru_cache
def published() -> Published:
    return load_published()


def centre(
    count: int = 600, partitions: int = 2, prefix: str = "", now: int = RECEIVED
) -> Installation:
    """Simulated webhooks of all vendors, some of them again, late or broken, a second apart from
    `now` on, all projected.
    """
    hookline = Installation(partitions, prefix)
    hookline.now = now
    traffic = Traffic(SOURCES, seed=5, now=now)
    hookline.receive_all(one.webhook for one in islice(traffic.deliveries(count), count))
    hookline.work()
    publish_events(hookline)
    return hookline


def publish_events(hookline: Installation) -> None:
    """As the worker does: an event for each webhook that decodes, but none for one seen before."""
    encoders = event_encoders(repository(), load_lock())
    seen: set[tuple[str, str]] = set()
    for record in hookline.log.read(hookline.topics.raw):
        raw = raw_record(record)
        try:
            decoded = hookline.catalogue.decode(raw)
        except Undecodable:
            continue
        if (raw.key, raw.id) in seen:
            continue
        seen.add((raw.key, raw.id))
        headers = [one for one in record.headers if one[0] in ("ce_id", "ce_type", "ce_time")]
        headers.append((RAW, raw_place(record.partition, record.offset)))
        value = encoders[decoded.schema](decoded.event)
        topic = hookline.topics.events(decoded.schema[0])
        hookline.log.append(
            topic, record.partition, record.key, value, headers, record.timestamp_ms
        )


class Kept:
    """A sink that keeps what it is given, by table."""

    def __init__(self) -> None:
        self.rows: dict[str, list[tuple[Any, ...]]] = defaultdict(list)

    def begin(self, table: str) -> None:
        self.rows.setdefault(table, [])

    def add(self, line: Line) -> None:
        self.rows[line.table].append(line.values)

    def close(self) -> None:
        """All is kept."""


def taken(
    hookline: Installation,
    names: Collection[str],
    choice: Choice = ALL,
    every: dict[str, Table] = EVERY,
) -> tuple[dict[str, list[dict[str, Any]]], Taken]:
    """What is exported: by table, rows by their columns; and what that says of itself."""
    sink = Kept()
    topics = hookline.topics
    origins = Origins(hookline.log, topics, topics, published(), every)
    told = run(origins.of(names, choice), sink, lambda _: nullcontext())
    return {name: [*named(every[name], rows)] for name, rows in sink.rows.items()}, told


def named(table: Table, rows: Iterable[tuple[Any, ...]]) -> Iterable[dict[str, Any]]:
    names = [field["name"] for field in table.schema["fields"]]
    plain = (msgspec.to_builtins(row, builtin_types=(bytes,)) for row in rows)
    return (dict(zip(names, row, strict=True)) for row in plain)


def as_json(name: str, row: dict[str, Any]) -> dict[str, Any]:
    """A row of a table as `export --format jsonl` has it."""
    schema = EVERY[name].schema
    return RecordJson(schema).of(msgspec.convert(row, record_class(schema)))


def events() -> list[str]:
    return [name for name, table in EVERY.items() if table.what == "events"]
