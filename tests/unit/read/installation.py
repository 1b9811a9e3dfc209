"""A Hookline in memory: webhooks go in, a worker projects them, the topics hold what it made."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import msgspec

from app.avro.lock import load_lock
from app.avro.repository import Repository, load_repository
from app.avro.row_codecs import row_codecs, row_schemas
from app.core.catalogue import Catalogue
from app.core.dead_letter import closing_headers, dead_letter_headers
from app.core.projection import TABLES, AnyRow, BatchProjection, Table
from app.core.rows import Codec, PartitionRows, Store
from app.core.undecodable import Undecodable
from app.core.vendors import VENDORS, vendor_named
from app.core.vendors.contract import Source
from app.core.webhook import (
    JSON,
    Headers,
    Key,
    Place,
    RawRecord,
    event_id,
    read_raw_record,
)
from app.kafka.topics import Topics
from app.read.row_json import RowJson
from app.read.rows import RowReader
from app.simulate.webhook import Webhook
from tests.raw_record import raw_record
from tests.unit.read.memory_log import MemoryLog

RECEIVED = 1_780_315_200_000_000  # 2026-06-01T12:00:00Z
SECOND = 1_000_000


@lru_cache
def repository() -> Repository:
    return load_repository()


@lru_cache
def catalogue() -> Catalogue:
    return Catalogue(VENDORS, repository().events())


@lru_cache
def codecs() -> Mapping[Table, Codec]:
    return row_codecs(repository(), load_lock().with_new(repository()))


@lru_cache
def row_json() -> RowJson:
    return RowJson(row_schemas(repository()))


class Installation:
    """On a log of its own, or beside another on that one's."""

    def __init__(self, partitions: int = 2, prefix: str = "", log: MemoryLog | None = None) -> None:
        self.topics = Topics(prefix)
        self.log = log or MemoryLog(partitions)
        for topic in self.topics:
            self.log.create(topic, partitions)
        self.codecs = codecs()
        self.rows = RowReader(self.log, self.topics, self.codecs, row_json())
        self.projected = dict.fromkeys(range(partitions), 0)
        self._worker = [self._new_rows() for _ in range(partitions)]
        self.now = RECEIVED
        self.catalogue = catalogue()  # the worker's
        self.unknown: frozenset[str] = frozenset()  # types that the endpoint does not know yet
        self.published: dict[tuple[str, int], int] = {}

    def _new_rows(self) -> PartitionRows:
        stores: dict[Table, Store] = {table: {} for table in TABLES}
        return PartitionRows(stores, {}, self.codecs)

    def receive(
        self,
        body: Any,
        *,
        source: str = "varda",
        received_at: int | None = None,
        redrive: str | None = None,
    ) -> RawRecord:
        """As the endpoint does: a webhook onto the raw log, a second after the one before."""
        self.now += SECOND
        vendor = vendor_named(source)
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        id = event_id(source, content)
        account = Source(name=source, vendor=source, account_id="1", verify=False)
        try:
            found = vendor.identify(content, JSON, account)
            type, key = found.type, Key(source, found.kind, found.id)
        except Undecodable:
            type, key = "unknown", Key(source, "unknown", id)
        partition = self.rows.partition(str(key))
        record = RawRecord(
            partition=partition,
            offset=self.log.spans(self.topics.raw)[partition].end,
            key=str(key),
            body=content,
            id=id,
            source=source,
            type=f"{source}.{type}",
            received_at=self.now if received_at is None else received_at,
            account="1",
            redrive=redrive,
        )
        return self._append(record)

    def receive_all(self, webhooks: Iterable[Webhook]) -> None:
        """Simulated ones, each a second after the one before."""
        for webhook in webhooks:
            self.now += SECOND
            partition = self.rows.partition(webhook.record_key)
            offset = self.log.spans(self.topics.raw)[partition].end
            self._append(raw_record(webhook, self.now, offset, partition=partition))

    def _append(self, record: RawRecord) -> RawRecord:
        if record.type in self.unknown:
            key = f"{record.source}/unknown/{record.id}"
            partition = self.rows.partition(key)
            record = msgspec.structs.replace(
                record,
                key=key,
                type=f"{record.source}.unknown",
                partition=partition,
                offset=self.log.spans(self.topics.raw)[partition].end,
            )
        self.log.append(
            self.topics.raw,
            record.partition,
            record.key.encode(),
            record.body,
            record.headers(),
            record.received_at // 1000,
        )
        return record

    def crowd(self, partition: int, records: int) -> None:
        """So many records onto the raw log, of a key that is nobody's."""
        for _ in range(records):
            self.log.append(self.topics.raw, partition, b"nobody", b"{}")

    def work(self) -> None:
        """The worker catches up: rows, segments and dead letters, a batch for each partition."""
        for number, span in self.log.spans(self.topics.raw).items():
            records = [
                read_raw_record(r.partition, r.offset, r.key, r.value, r.headers)
                for r in self.log.read(self.topics.raw, {number: span})
                if r.offset >= self.projected[number]
            ]
            self._project(number, records)
            self.projected[number] = span.end

    def _project(self, number: int, records: list[RawRecord]) -> None:
        rows = self._worker[number]
        for taken in BatchProjection(self.catalogue, rows).take(records):
            record = taken.record
            if taken.error is not None:
                self.bury(record, taken.error)
        for key, value in rows.segments_written().items():
            self.log.append(self.topics.ledger, number, key, value)
        for table, key, value in rows.rows_written():
            self.log.append(self.rows.topic(table), number, key, value)

    def bury(self, record: RawRecord, error: Undecodable) -> None:
        """The worker's letter of a record that it could not decode."""
        headers = dead_letter_headers(
            record.headers(), self.topics.raw, record.partition, record.offset, error
        )
        self._append_letter(record, record.body, headers)

    def close_letter(self, record: RawRecord, copy: Place) -> None:
        """A redrive's word that a copy of the record lies there."""
        error = Undecodable("internal", "whatever it was")
        headers = dead_letter_headers(
            record.headers(), self.topics.raw, record.partition, record.offset, error
        )
        self._append_letter(record, b"", closing_headers(headers, copy))

    def _append_letter(self, record: RawRecord, value: bytes, headers: Headers) -> None:
        key = record.key.encode()
        self.log.append(self.topics.dead, record.partition, key, value, headers)

    def row(self, table: Table, key: str) -> AnyRow:
        found = self.rows.newest(table, key)
        assert found is not None
        return found.row

    def overwrite(self, table: Table, key: str, row: AnyRow | None) -> None:
        """Put another row, or a tombstone, in the place of a row: what must not happen."""
        value = None if row is None else self.codecs[table].dumps(row)
        number = self.rows.partition(key)
        self.log.append(self.rows.topic(table), number, key.encode(), value)
