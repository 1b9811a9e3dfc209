"""An exported file, as DuckDB reads it through Arrow: it is given none of the file's names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pyarrow.dataset import (
    FileSystemDataset,
    ParquetFileFormat,
    ParquetFragmentScanOptions,
    Scanner,
)
from pyarrow.fs import LocalFileSystem

_ON_DISK = LocalFileSystem()
_PARQUET = ParquetFileFormat(
    default_fragment_scan_options=ParquetFragmentScanOptions(pre_buffer=False)
)


class ParquetSource(FileSystemDataset):
    """A file that is read again for each query, a row group at a time: Arrow would read ahead as
    many rows as fit a row group of its own, whatever their size.
    """

    def __init__(self, path: Path) -> None:
        """Raises OSError, or Arrow's errors where it is no Parquet."""
        fragment = _PARQUET.make_fragment(str(path), _ON_DISK)
        super().__init__([fragment], fragment.physical_schema, _PARQUET, _ON_DISK)

    def scanner(self, **asked: Any) -> Scanner:
        """DuckDB asks for columns and rows. Threads would run ahead by a dozen row groups."""
        return super().scanner(**asked, batch_readahead=0, fragment_readahead=0, use_threads=False)
