"""What lies in the logs of an installation and of one that it was copied into, to be compared."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from typing import Any

from app.kafka.connection import Connection
from app.kafka.log import Log
from app.kafka.record import Record
from app.kafka.topics import Topics
from app.read.dead_letters import Letters, letter, sorted_out
from app.read.rows import RowReader
from tests.integration.worker_process import WorkerProcess
from tests.projected import projected
from tests.unit.read.installation import codecs, row_json
from tests.unit.redrive.broken import rows

WAIT_S = 60
REDRIVE = "hookline_redrive"


def read(kafka: str, topic: str) -> list[Record]:
    with Log(Connection(kafka)) as log:
        return list(log.read(topic))


def by_key(records: list[Record]) -> dict[bytes | None, list[tuple[Any, ...]]]:
    """What each key's records hold, in their order."""
    found: dict[bytes | None, list[tuple[Any, ...]]] = defaultdict(list)
    for record in sorted(records, key=lambda one: (one.partition, one.offset)):
        headers = [header for header in record.headers if header[0] != REDRIVE]
        found[record.key].append((record.value, headers, record.timestamp_ms))
    return found


def named(records: list[Record]) -> Counter[tuple[bytes | None, ...]]:
    """By key and body, what redriven records stand in for, by its key and body."""
    there = {f"{one.partition}:{one.offset}".encode(): one for one in records}
    found = Counter[tuple[bytes | None, ...]]()
    for one in records:
        if (place := dict(one.headers).get(REDRIVE)) is not None:
            found[one.key, one.value, there[place].key, there[place].value] += 1
    return found


def letters(kafka: str, topics: Topics) -> Letters:
    return sorted_out(letter(record) for record in read(kafka, topics.dead))


def read_rows(kafka: str, topics: Topics, *without: str) -> dict[str, dict[str, Any]]:
    with Log(Connection(kafka)) as log:
        return rows(RowReader(log, topics, codecs(), row_json()), without)


def until_projected(kafka: str, topics: Topics, partitions: int, worker: WorkerProcess) -> None:
    last = {record.partition: record.offset for record in read(kafka, topics.raw)}
    deadline = time.monotonic() + WAIT_S
    while True:
        found = projected(kafka, topics, partitions)
        if all(found.get(n, 0) > offset for n, offset in last.items()):
            return
        assert time.monotonic() < deadline, worker.said()
        time.sleep(0.1)
