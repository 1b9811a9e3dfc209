"""Rows of several tables, gathered into Arrow batches of a bounded size."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from app.export.arrow_columns import Columns
from app.export.line import Line
from app.export.table import Table

Flush = Callable[[str, pa.Table], None]

MIB = 1024 * 1024
_AT_ONCE, _AT_ONCE_BYTES = 1_000, MIB  # rows that become columns together
MOST_ROWS, MOST_BYTES, MOST_IN_ALL = 64 * 1024, 16 * MIB, 64 * MIB


@dataclass
class _Held:
    columns: Columns
    rows: list[tuple[Any, ...]] = field(default_factory=list[tuple[Any, ...]])
    size: int = 0
    batches: list[pa.RecordBatch] = field(default_factory=list[pa.RecordBatch])
    count: int = 0
    bytes: int = 0


class Batches:
    """Each table's rows are given to `flush` in their order, as many at a time as the bounds allow:
    of rows and bytes of one table, and of bytes of all that are held. How they are cut follows from
    the rows alone.
    """

    def __init__(self, tables: Iterable[Table], flush: Flush) -> None:
        self._held = {table.name: _Held(Columns(table.schema)) for table in tables}
        self._flush = flush
        self._in_all = 0

    def schema(self, table: str) -> pa.Schema:
        return self._held[table].columns.schema

    def add(self, line: Line) -> None:
        held = self._held[line.table]
        held.rows.append(line.values)
        held.size += line.size
        if len(held.rows) >= _AT_ONCE or held.size >= _AT_ONCE_BYTES:
            self._make(held)
            self._keep_bounds(line.table, held)

    def close(self) -> None:
        """Give away what is left."""
        for name in self._held:
            self._give(name)

    def _make(self, held: _Held) -> None:
        if held.rows:
            batch = held.columns.batch(held.rows)
            held.batches.append(batch)
            held.count += len(held.rows)
            held.bytes += batch.nbytes
            self._in_all += batch.nbytes
            held.rows, held.size = [], 0

    def _keep_bounds(self, name: str, held: _Held) -> None:
        if held.count >= MOST_ROWS or held.bytes >= MOST_BYTES:
            self._give(name)
        while self._in_all >= MOST_IN_ALL:
            self._give(max(self._held, key=lambda one: self._held[one].bytes))

    def _give(self, name: str) -> None:
        held = self._held[name]
        self._make(held)
        if held.batches:
            self._flush(name, pa.Table.from_batches(held.batches))
            self._in_all -= held.bytes
            held.batches, held.count, held.bytes = [], 0, 0
