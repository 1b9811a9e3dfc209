"""Arrow batches back to plain values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa


def rows(batch: pa.RecordBatch) -> Iterator[tuple[Any, ...]]:
    """Maps as dicts."""
    return zip(*[_values(column) for column in batch.columns], strict=True)


def _values(column: pa.Array) -> list[Any]:
    try:
        return column.to_pylist(maps_as_pydicts="lossy")
    except (ValueError, OverflowError):  # a time that Python has not: infinity, nanoseconds
        return column.cast(pa.string()).to_pylist()
