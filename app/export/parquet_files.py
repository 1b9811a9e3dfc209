"""Tables as Parquet, a file each."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
from pyarrow import parquet

from app.export.arrow_batches import Batches
from app.export.folder import Folder
from app.export.line import Line
from app.export.table import Table

SUFFIX = ".parquet"


class ParquetFiles:
    """Row groups are as `Batches` cuts them. The same rows make the same bytes."""

    def __init__(self, folder: Folder, tables: Mapping[str, Table]) -> None:
        self._folder = folder
        self._batches = Batches(tables.values(), self._write)
        self._writers: dict[str, parquet.ParquetWriter] = {}

    def begin(self, table: str) -> None:
        if table not in self._writers:
            self._writers[table] = parquet.ParquetWriter(
                self._folder.open(f"{table}{SUFFIX}"),
                self._batches.schema(table),
                compression="zstd",
            )

    def add(self, line: Line) -> None:
        self._batches.add(line)

    def close(self) -> None:
        self._batches.close()
        for writer in self._writers.values():
            writer.close()

    def _write(self, table: str, rows: pa.Table) -> None:
        self.begin(table)
        self._writers[table].write_table(rows, row_group_size=len(rows))
