"""The one place where the property tests meet the folds: raw records in, rows out, as the readers
of the topics see them.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

import fastavro

from app.avro.fastavro_schema import fastavro_schema
from app.avro.lock import load_lock
from app.avro.repository import Repository, load_repository
from app.avro.row_codecs import row_codecs, row_schemas
from app.avro.rows import RowCodec
from app.avro.wire import unframe
from app.core.catalogue import Catalogue
from app.core.projection import TABLES, BatchProjection, Projected, Table
from app.core.row_cache import RowCache
from app.core.rows import CACHED, PartitionRows, Store
from app.core.vendors import VENDORS
from app.core.webhook import RawRecord

NOT_PUBLIC = ("fold_version", "ledger", "fold")


@cache
def repository() -> Repository:
    return load_repository()


@cache
def catalogue() -> Catalogue:
    return Catalogue(VENDORS, repository().events())


@cache
def codecs() -> dict[Table, RowCodec]:
    return row_codecs(repository(), load_lock())


@cache
def schemas() -> dict[Table, tuple[Any, Any]]:
    """By table, what its rows are written with, and what a reader asks for that wants neither
    ledger nor fold. Times are numbers.
    """
    found: dict[Table, tuple[Any, Any]] = {}
    for table, schema in row_schemas(repository()).items():
        fields = [field for field in schema["fields"] if field["name"] not in NOT_PUBLIC]
        asked = {**schema, "fields": fields}
        writer, reader = (fastavro_schema(one) for one in (schema, asked))
        found[table] = (writer, reader)
    return found


class Partition:
    """A partition that is projected batch by batch; its process may die at any moment."""

    def __init__(self, cached: int = CACHED) -> None:
        """`cached`: bytes of encoded rows that stay objects between batches."""
        self._cached = cached
        self._stores: dict[Table, Store] = {table: {} for table in TABLES}
        self._ledger: dict[bytes, bytes] = {}
        self._open()

    def _open(self) -> None:
        self._rows = PartitionRows(self._stores, self._ledger, codecs(), RowCache(self._cached))

    def project(self, batch: Iterable[RawRecord]) -> list[Projected]:
        """Fold a batch, and write nothing yet."""
        return BatchProjection(catalogue(), self._rows).take([*batch])

    def write_segments(self) -> None:
        self._rows.segments_written()

    def write(self) -> None:
        """Make what the batch changed last."""
        self._rows.segments_written()
        self._rows.rows_written()

    def crash(self) -> None:
        """What was not written is lost; segments of the ledger may have been."""
        self._open()

    def written(self) -> Iterator[tuple[Table, bytes]]:
        """Every row as it was written."""
        for table, _, value in self._written():
            yield table, value

    def _written(self) -> Iterator[tuple[Table, str, bytes]]:
        for table in TABLES:
            for key, value in self._stores[table].items():
                yield table, key.decode(), value

    def written_rows(self) -> Iterator[tuple[tuple[Table, str], bytes]]:
        """The same with the key of each."""
        for table, key, value in self._written():
            yield (table, key), value

    def rows(self) -> dict[str, dict[str, Any]]:
        """The public fields of every row that was written."""
        return {key: public(table, value) for table, key, value in self._written()}

    def folds(self) -> dict[str, Any]:
        """What the fold of every row that was written remembers, whatever order its lists are in.
        `moved` follows the log.
        """
        found: dict[str, Any] = {}
        for table, key, value in self._written():
            writer, _ = schemas()[table]
            whole: Any = fastavro.schemaless_reader(io.BytesIO(unframe(value)[1]), writer)
            fold = {name: each for name, each in whole["fold"].items() if name != "moved"}
            found[key] = _unordered(fold)
        return found


def _unordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _unordered(each) for name, each in value.items()}
    return sorted(map(_unordered, value), key=repr) if isinstance(value, list) else value


def public(table: Table, written: bytes) -> dict[str, Any]:
    """A row as its readers see it."""
    _, body = unframe(written)
    row: Any = fastavro.schemaless_reader(io.BytesIO(body), *schemas()[table])
    return row


def folded_rows(log: Sequence[RawRecord]) -> dict[str, dict[str, Any]]:
    """The rows of a log, folded in one go."""
    return folded(log).rows()


def folded(log: Sequence[RawRecord]) -> Partition:
    """A partition that took a log in one go."""
    partition = Partition()
    partition.project(log)
    partition.write()
    return partition
