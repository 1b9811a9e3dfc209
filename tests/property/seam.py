"""The one place where the property tests meet the folds: raw records in, rows out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from app.core.catalogue import Catalogue, SchemaName
from app.core.projection import TABLES, BatchProjection, Projected, Table
from app.core.rows import PartitionRows, Store
from app.core.vendors import VENDORS
from app.core.webhook import RawRecord
from tests.unit.core.folding import CODECS

SCHEMAS = Path(__file__).parents[2] / "schemas"
NOT_PUBLIC = ("fold_version", "ledger", "fold", "written")
PEOPLE = {
    "contact": ("id", "name", "email", "phone", "handle"),
    "assignee": ("id", "name", "email"),
    "agent": ("id", "name", "email", "extension"),
}


@cache
def catalogue() -> Catalogue:
    """Every vendor's events by the latest version of their schemas."""
    latest: dict[SchemaName, dict[str, Any]] = {}
    for vendor in VENDORS:
        for folder in (SCHEMAS / vendor.name).iterdir():
            newest = max(folder.glob("v*.avsc"), key=lambda path: int(path.stem[1:]))
            latest[vendor.name, folder.name] = json.loads(newest.read_text())
    return Catalogue(VENDORS, latest)


class Partition:
    """A partition that is projected batch by batch; its process may die at any moment."""

    def __init__(self) -> None:
        self._stores: dict[Table, Store] = {table: {} for table in TABLES}
        self._ledger: dict[bytes, bytes] = {}
        self._open()

    def _open(self) -> None:
        self._rows = PartitionRows(self._stores, self._ledger, CODECS)

    def project(self, batch: Iterable[RawRecord]) -> list[Projected]:
        """Fold a batch, and write nothing yet."""
        projection = BatchProjection(catalogue(), self._rows)
        return [projection.take(record) for record in batch]

    def write_segments(self) -> None:
        self._rows.segments_written()

    def write(self) -> None:
        """Make what the batch changed last."""
        self._rows.segments_written()
        self._rows.rows_written()

    def crash(self) -> None:
        """What was not written is lost; segments of the ledger may have been."""
        for store in self._stores.values():
            for key, row in list(store.items()):
                if not isinstance(row, bytes):
                    assert row.written is not None
                    store[key] = row.written
        self._open()

    def rows(self) -> dict[str, dict[str, Any]]:
        """The public fields of every row."""
        return {
            key.decode(): public(self._rows.read(table, key.decode()))
            for table in TABLES
            for key in self._stores[table]
        }


def public(row: Any) -> dict[str, Any]:
    """A row as its readers see it, by its Avro field names."""
    tree = _shown(msgspec.to_builtins(row, builtin_types=(bytes, bytearray)))
    for name in NOT_PUBLIC:
        tree.pop(name, None)
    for role, fields in PEOPLE.items():
        if tree.get(role) is not None:
            tree[role] = {name: tree[role][name] for name in fields}
    return tree


def _shown(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _shown(one) for name, one in value.items() if name != "encoded"}
    return [_shown(one) for one in value] if isinstance(value, list) else value


def folded_rows(log: Sequence[RawRecord]) -> dict[str, dict[str, Any]]:
    """The rows of a log, folded in one go."""
    partition = Partition()
    partition.project(log)
    partition.write()
    return partition.rows()
