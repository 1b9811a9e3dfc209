"""A store of rows that holds them encoded."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping

from app.core.projection import AnyRow


class EncodedRows(MutableMapping[bytes, bytes | AnyRow]):
    """A store of rows (see app.core.rows) that keeps none of them as an object: what a partition
    needs in memory is the rows of one batch.
    """

    def __init__(self, encoded: MutableMapping[bytes, bytes]) -> None:
        self._encoded = encoded

    def __getitem__(self, key: bytes) -> bytes:
        return self._encoded[key]

    def __setitem__(self, key: bytes, row: bytes | AnyRow) -> None:
        value = row if isinstance(row, bytes) else row.written
        if value is None:
            raise AssertionError(f"the row {key!r} was never written")
        self._encoded[key] = value

    def __delitem__(self, key: bytes) -> None:
        del self._encoded[key]

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._encoded)

    def __len__(self) -> int:
        return len(self._encoded)
