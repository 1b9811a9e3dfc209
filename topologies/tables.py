"""The worker's tables: rows and ledger segments, co-partitioned with the raw log."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from app.avro.rows import RowCodec
from app.core.projection import TABLES, AnyRow, Table
from app.core.row_cache import RowCache
from app.core.rows import PartitionRows, Store
from app.faust_batch.app import App
from app.faust_batch.batch import Batch
from app.faust_batch.newest import NewestOf
from app.faust_batch.rows import Change
from app.faust_batch.table import Table as FaustTable
from app.kafka.topics import Topics
from app.read.tables import state_topics


class WorkerRows(PartitionRows):
    """Remembers why a row could not be read. That is no fault of the record that asked for it:
    whoever folds stops (see `Projector`), instead of making a dead letter of the record.
    """

    failure: Exception | None = None

    def read(self, table: Table, key: str) -> AnyRow | None:
        try:
            return super().read(table, key)
        except Exception as failure:
            self.failure = failure
            raise


class Tables:
    """`state.conversations`, `state.calls`, `state.contacts` and `state.ledger`, each a table whose
    changelog is that very topic.
    """

    def __init__(
        self, app: App, topics: Topics, codecs: Mapping[Table, RowCodec], cached: int
    ) -> None:
        """`cached`: bytes of encoded rows that are kept as objects."""
        self._codecs = codecs
        self._cache = RowCache(cached)
        places = state_topics(topics)
        self._tables: dict[Table, FaustTable] = {
            table: app.table(f"{table}s", places[table], newest_of=_newest_of(codecs[table]))
            for table in TABLES
        }
        self._ledger = app.table("ledger", topics.ledger, newest_of=_longest)
        self._open: dict[int, WorkerRows] = {}
        app.on_partitions_revoked.connect(self._forget, weak=False)

    async def _forget(self, *_: object, **__: object) -> None:
        """After a rebalance the rows may be others: recovery reads what was written meanwhile."""
        self._open.clear()
        self._cache.clear()

    def rows(self, partition: int) -> WorkerRows:
        """The rows of a partition that this worker owns."""
        if partition not in self._open:
            stores: dict[Table, Store] = {
                table: held.rows(partition) for table, held in self._tables.items()
            }
            ledger = self._ledger.rows(partition)
            self._open[partition] = WorkerRows(stores, ledger, self._codecs, self._cache)
        return self._open[partition]

    async def write(self, batch: Batch, rows: WorkerRows) -> None:
        """Write what the batch changed in `rows`, those that it was begun with: when the group has
        lost this worker, they are forgotten here while the batch is still under way. No row names
        segments that are not there: they are seen together, or else the segments are acknowledged
        first."""
        segments = await self._ledger.write(batch, list(rows.segments_written().items()))
        if not batch.outbox.atomic:
            await asyncio.gather(*(delivery.future for delivery in segments))
        changes: dict[Table, list[Change]] = {table: [] for table in TABLES}
        for row in rows.rows_written():
            changes[row.table].append((row.key, row.value))
        for table, changed in changes.items():
            await self._tables[table].write(batch, changed)


def _newest_of(codec: RowCodec) -> NewestOf:
    def newest(old: bytes, new: bytes) -> bytes:
        return old if codec.offset_of(old) > codec.offset_of(new) else new

    return newest


def _longest(old: bytes, new: bytes) -> bytes:
    """A segment only ever grows."""
    return old if len(old) > len(new) else new
