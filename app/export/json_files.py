"""Tables as JSON, a file each, a row a line: as `state get --json` has rows and events."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, BinaryIO

import msgspec

from app.export.folder import Folder
from app.export.line import Line
from app.export.records import record_class
from app.export.table import Table
from app.read.avro_json import RecordJson

SUFFIX = ".jsonl"
_ENCODER = msgspec.json.Encoder()


class JsonFiles:
    def __init__(self, folder: Folder, tables: Mapping[str, Table]) -> None:
        self._folder = folder
        self._tables = tables
        self._files: dict[str, BinaryIO] = {}
        self._json: dict[str, Callable[[tuple[Any, ...]], dict[str, Any]]] = {}

    def begin(self, table: str) -> None:
        if table not in self._files:
            self._files[table] = self._folder.open(f"{table}{SUFFIX}")
            self._json[table] = _json(self._tables[table])

    def add(self, line: Line) -> None:
        self.begin(line.table)
        row = self._json[line.table](line.values)
        self._files[line.table].write(_ENCODER.encode(row) + b"\n")

    def close(self) -> None:
        """Everything has been written by then."""


def _json(table: Table) -> Callable[[tuple[Any, ...]], dict[str, Any]]:
    cls, json = record_class(table.schema), RecordJson(table.schema)
    return lambda values: json.of(cls(*values))
