"""The rows of one table in one partition: the port, and its in-memory implementation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

from app.faust_batch.batch import Record

NOTHING = -1  # the offset of rows that include no changelog record

Loads = Callable[[bytes], Any]
Dumps = Callable[[Any], bytes]


class Rows(Protocol):
    """Rows by key. A row is what `loads` makes of a value of the changelog.

    `offset` is that of the last changelog record that the rows include, -1 for none: recovery
    goes on after it.
    """

    offset: int

    def get(self, key: bytes) -> Any | None:
        """The row itself, to be changed in place by its one owner, or None."""
        ...

    def put(self, key: bytes, row: Any) -> None: ...

    def delete(self, key: bytes) -> None: ...

    def encoded(self, key: bytes) -> bytes | None:
        """The row as the changelog is to hold it; None is a tombstone."""
        ...

    def restore(self, records: Iterable[Record]) -> None:
        """Take records of the changelog, in log order; a value of None is a tombstone."""
        ...

    def keys(self) -> Iterator[bytes]: ...

    def __len__(self) -> int: ...


class MemoryRows:
    """Rows in a dictionary. What came from the changelog stays encoded until it is asked for."""

    def __init__(self, loads: Loads, dumps: Dumps) -> None:
        self.offset = NOTHING
        self._loads, self._dumps = loads, dumps
        self._rows: dict[bytes, Any] = {}
        self._encoded: dict[bytes, bytes] = {}  # a key is in one of the two

    def get(self, key: bytes) -> Any | None:
        row = self._rows.get(key)
        if row is None and (value := self._encoded.pop(key, None)) is not None:
            row = self._rows[key] = self._loads(value)
        return row

    def put(self, key: bytes, row: Any) -> None:
        self._encoded.pop(key, None)
        self._rows[key] = row

    def delete(self, key: bytes) -> None:
        self._encoded.pop(key, None)
        self._rows.pop(key, None)

    def encoded(self, key: bytes) -> bytes | None:
        row = self._rows.get(key)
        return self._encoded.get(key) if row is None else self._dumps(row)

    def restore(self, records: Iterable[Record]) -> None:
        rows, encoded = self._rows, self._encoded
        for record in records:
            key, value = record.key, record.value
            self.offset = max(self.offset, record.offset)
            if key is None:
                continue  # a compacted topic takes none: nobody's row
            rows.pop(key, None)
            if value is None:
                encoded.pop(key, None)
            else:
                encoded[key] = value

    def keys(self) -> Iterator[bytes]:
        yield from self._rows
        yield from self._encoded

    def __len__(self) -> int:
        return len(self._rows) + len(self._encoded)
