"""Drives the worker's real app without a broker: pipe records in, read outputs, look into rows.

Everything is the worker's own (app, agent, tables, codecs) but for the topics, which are in memory.
After Kafka Streams' TopologyTestDriver.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from functools import cache
from typing import Any

from faust.types.tuples import TP

from app.avro.event_encoders import EventEncoders, event_encoders
from app.avro.lock import Lock, load_lock
from app.avro.repository import Repository, load_repository
from app.avro.row_codecs import row_codecs
from app.avro.rows import RowCodec
from app.core.catalogue import Catalogue
from app.core.projection import AnyRow, Table
from app.core.vendors import VENDORS
from app.core.webhook import RawRecord
from app.faust_batch.app import App
from app.faust_batch.batch import Batch
from app.faust_batch.memory import MemoryRecord, MemoryTopics
from app.kafka.connection import Connection
from app.kafka.partition import partition_of
from app.kafka.topics import Topics
from topologies.app import create_app
from topologies.metrics import WorkerMetrics

PARTITIONS = 4


@cache
def schemas() -> tuple[Repository, Lock]:
    repository = load_repository()
    return repository, load_lock().with_new(repository)


@cache
def catalogue() -> Catalogue:
    return Catalogue(VENDORS, schemas()[0].events())


@cache
def encoders() -> EventEncoders:
    return event_encoders(*schemas())


@cache
def codecs() -> Mapping[Table, RowCodec]:
    return row_codecs(*schemas())


class Ended(BaseException):
    """The worker's process ended, with this exit code."""


class Driver:
    """One worker that owns every partition."""

    def __init__(self, topics_in: MemoryTopics | None = None, **parts: Any) -> None:
        self.names = Topics("t.")
        self.topics = topics_in or MemoryTopics()
        self.metrics = WorkerMetrics()
        self._parts = {"catalogue": catalogue(), "encoders": encoders(), "codecs": codecs()} | parts
        self._app = self._new_app()
        self._read: dict[int, int] = {}

    def _new_app(self) -> App:
        return create_app(
            Connection("127.0.0.1:1"),
            self.names,
            metrics=self.metrics,
            end_process=_end,
            **self._parts,
        )

    # In

    def write(self, *records: RawRecord) -> None:
        """Append to the raw topic as the endpoint does: partition and offset are found here."""
        for record in records:
            partition = partition_of(record.key, PARTITIONS)
            self.write_foreign(
                partition, record.key.encode(), record.body, record.headers(), record.received_at
            )

    def write_foreign(
        self,
        partition: int,
        key: bytes | None,
        value: bytes | None,
        headers: Any,
        received_at: int = 0,
    ) -> None:
        """Append anything to the raw topic, as anybody might."""
        row = (key, value, headers, received_at // 1000)
        self.topics.append(self.names.raw, partition, [row])

    async def run(self) -> None:
        """Let the agent take what is new on the raw topic, one batch a partition."""
        for partition, records in list(self._raw.items()):
            start = self._read.get(partition, 0)
            if start < len(records):
                await self._process(partition, records[start:])
                self._read[partition] = len(records)

    async def pipe(self, *records: RawRecord) -> None:
        self.write(*records)
        await self.run()

    async def pipe_singly(self, *records: RawRecord) -> None:
        for record in records:
            await self.pipe(record)

    @property
    def _raw(self) -> Mapping[int, list[MemoryRecord]]:
        return self.topics.topics[self.names.raw]

    async def _process(self, partition: int, records: list[MemoryRecord]) -> None:
        [agent] = self._app.agents.values()
        batch = Batch(TP(self.names.raw, partition), records, self.topics)
        await agent.fun(_stream(batch))
        assert batch.settled

    # Faults

    async def restart(self, *, forget_commits: bool = False) -> None:
        """Kill the worker and start another, which recovers its rows from their changelogs."""
        self._app = self._new_app()
        if forget_commits:
            self._read.clear()
        for table in self._app.tables.values():
            name = table.changelog_topic_name
            for partition, records in self.topics.topics[name].items():
                if records:
                    table.restore(Batch(TP(name, partition), records, self.topics))

    # Out

    def out(self, topic: str) -> list[tuple[int, MemoryRecord]]:
        """All records of a topic with their partitions."""
        parts = self.topics.topics[topic]
        return [(number, record) for number in sorted(parts) for record in parts[number]]

    def events(self, vendor: str) -> list[tuple[int, MemoryRecord]]:
        return self.out(self.names.events(vendor))

    def dead(self) -> list[tuple[int, MemoryRecord]]:
        return self.out(self.names.dead)

    def changelog_row(self, table: Table, key: str) -> AnyRow | None:
        """The row as downstream services see it: the newest record of its key."""
        topic = {
            "conversation": self.names.state_conversations,
            "call": self.names.state_calls,
            "contact": self.names.state_contacts,
        }[table]
        records = self.topics.topics[topic][partition_of(key, PARTITIONS)]
        values = [record.value for record in records if record.key == key.encode()]
        return codecs()[table].loads(values[-1]) if values and values[-1] else None

    def store(self, table: str) -> dict[bytes, Any]:
        """What the worker holds in memory: `conversations`, `calls`, `contacts` or `ledger`."""
        held: Any = self._app.tables[table]
        return {key: held.data[key] for key in held.data}

    def counted(self, name: str, **labels: str) -> float:
        return self.metrics.registry.get_sample_value(f"hookline_worker_{name}", labels) or 0


async def _stream(*batches: Batch) -> AsyncIterator[Batch]:
    for batch in batches:
        yield batch


def _end(code: int) -> None:
    raise Ended(code)


def headers_of(record: MemoryRecord) -> dict[str, bytes]:
    return dict(record.headers)


def keys_of(records: Iterable[tuple[int, MemoryRecord]]) -> list[bytes | None]:
    return [record.key for _, record in records]
