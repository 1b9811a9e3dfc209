"""The rows of one partition, as the worker, `verify` and `replay` hold them while they fold.

Rows lie encoded in their stores, which are plain mappings: a table's, or a dictionary. A row that a
batch touches is an object; after that it may stay one for a while (see app.core.row_cache).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping, MutableMapping
from typing import NamedTuple, Protocol

from app.core.ledger import MappedSegments, Segments
from app.core.projection import TABLES, AnyRow, Table
from app.core.row import FOLD_VERSION
from app.core.row_cache import Place, RowCache

Store = MutableMapping[bytes, bytes]
INDEXES = 256  # conversations longer than their row whose index of ids is kept in memory
CACHED = 8 * 1024 * 1024  # bytes of encoded rows that are kept as objects


class Codec(Protocol):
    """Rows of one table to bytes and back."""

    def dumps(self, row: AnyRow, /) -> bytes: ...

    def loads(self, data: bytes, /) -> AnyRow: ...


class NewerFold(Exception):
    """A row that a newer version of Hookline folded: this one would spoil it."""

    def __init__(self, key: str, version: int) -> None:
        super().__init__(
            f"the row {key} was folded by version {version} of the rules, this program knows "
            f"{FOLD_VERSION}: run the newer version of Hookline, or replay with this one"
        )


class RowNotEncodable(Exception):
    """A row that cannot be written: nothing that its partition holds may be written after it."""

    def __init__(self, table: Table, key: str, error: Exception) -> None:
        kind = type(error).__name__
        super().__init__(
            f"the {table} {key} cannot be encoded: {kind}: {error}. This is a fault of Hookline's "
            f"own: report it, with what `hookline verify {key}` says"
        )


class Written(NamedTuple):
    """A row as it is to be written."""

    table: Table
    key: bytes
    value: bytes


class PartitionRows:
    """See app.core.projection.Rows. After each batch, `segments_written()` first, then
    `rows_written()`, in that order: a row may only name segments that are there.
    """

    def __init__(
        self,
        stores: Mapping[Table, Store],
        ledger: MutableMapping[bytes, bytes],
        codecs: Mapping[Table, Codec],
        cache: RowCache | None = None,
    ) -> None:
        self._stores = stores
        self._codecs = codecs
        self._touched: dict[Place, AnyRow] = {}
        self._cached = (RowCache(CACHED) if cache is None else cache).of_partition()
        self._ledger = _Noted(ledger)
        self._indexes: OrderedDict[str, MappedSegments] = OrderedDict()

    def read(self, table: Table, key: str) -> AnyRow | None:
        place = (table, key)
        row = self._touched.get(place)
        if row is None:
            row = self._cached.get(place)
            if row is None:
                stored = self._stores[table].get(key.encode())
                row = None if stored is None else self._load(table, key, stored)
        return row

    def _load(self, table: Table, key: str, stored: bytes) -> AnyRow:
        row = self._codecs[table].loads(stored)
        if row.fold_version > FOLD_VERSION:
            raise NewerFold(key, row.fold_version)
        return row

    def write(self, table: Table, key: str, row: AnyRow) -> None:
        self._touched[table, key] = row

    def restore(self, table: Table, key: str) -> None:
        self._touched.pop((table, key), None)
        self._cached.drop((table, key))

    def segments(self, key: str) -> Segments:
        segments = self._indexes.get(key)
        if segments is None:
            segments = self._indexes[key] = MappedSegments(self._ledger, key)
            if len(self._indexes) > INDEXES:
                self._indexes.popitem(last=False)
        else:
            self._indexes.move_to_end(key)
        return segments

    def segments_written(self) -> dict[bytes, bytes]:
        """Key to value of each ledger segment that this batch wrote."""
        return self._ledger.take_noted()

    def rows_written(self) -> list[Written]:
        """Each row that this batch touched, encoded once; the batch is over."""
        written: list[Written] = []
        for place, row in self._touched.items():
            table, key = place
            try:
                value = self._codecs[table].dumps(row)
            except Exception as error:
                raise RowNotEncodable(table, key, error) from error
            stored_key = key.encode()
            self._stores[table][stored_key] = value
            self._cached.put(place, row, len(value))
            written.append(Written(table, stored_key, value))
        self._touched.clear()
        return written


class _Noted(MutableMapping[bytes, bytes]):
    """A mapping that remembers what was set in it."""

    def __init__(self, mapping: MutableMapping[bytes, bytes]) -> None:
        self._mapping = mapping
        self._noted: dict[bytes, bytes] = {}

    def take_noted(self) -> dict[bytes, bytes]:
        noted, self._noted = self._noted, {}
        return noted

    def __getitem__(self, key: bytes) -> bytes:
        return self._mapping[key]

    def __setitem__(self, key: bytes, value: bytes) -> None:
        self._mapping[key] = self._noted[key] = value

    def __delitem__(self, key: bytes) -> None:
        raise NotImplementedError("segments are never deleted")

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._mapping)

    def __len__(self) -> int:
        return len(self._mapping)


def rows_in_memory(codecs: Mapping[Table, Codec]) -> tuple[PartitionRows, dict[Table, Store]]:
    """Rows that live in dictionaries, and those: for refolding, and for tests."""
    stores: dict[Table, Store] = {table: {} for table in TABLES}
    return PartitionRows(stores, {}, codecs), stores
