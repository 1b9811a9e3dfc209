"""What the index needs of rows, read from their bytes without the rest of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.avro.lock import Lock
from app.avro.names import STATE
from app.avro.projection import compile_projection
from app.avro.repository import Repository
from app.avro.wire import HEAD, head
from app.core.projection import TABLES, AnyRow, Table
from app.core.rows import Codec
from app.inspector.view.indexed import FIELDS, Indexed, indexed
from app.read.decode import NotARow, read_row

Project = Callable[[bytes], Sequence[Any]]


class RowValues:
    """Reads values of one table: those of the latest schema only as far as is needed, those of
    others as rows.
    """

    def __init__(self, table: Table, latest: bytes, project: Project, codec: Codec) -> None:
        self._table: Table = table
        self._latest = latest
        self._project = project
        self._codec = codec

    def index(self, id: str, value: bytes | None) -> Indexed:
        """Of a row whose key has this id. Raises NotARow; a tombstone is none."""
        if value is None:
            raise NotARow("it is a tombstone")
        if not value.startswith(self._latest):
            row = read_row(self._codec, value)
            return indexed(self._table, id, values_of(self._table, row))
        try:
            return indexed(self._table, id, self._project(value))
        except ValueError as error:
            raise NotARow(str(error)) from error


def row_values(
    repository: Repository, lock: Lock, codecs: Mapping[Table, Codec]
) -> dict[Table, RowValues]:
    """Of the three tables."""
    found: dict[Table, RowValues] = {}
    for table in TABLES:
        file = repository.latest(STATE, table)
        project = compile_projection(file.schema, FIELDS[table], HEAD)
        found[table] = RowValues(table, head(lock.by_name[file.name].id), project, codecs[table])
    return found


def values_of(table: Table, row: AnyRow) -> list[Any]:
    """The values of a row's FIELDS."""
    return [_at(row, path) for path in FIELDS[table]]


def _at(value: Any, path: str) -> Any:
    for name in path.split("."):
        value = None if value is None else getattr(value, name)
    return value
