"""The rows of one table in one partition: the port, and its in-memory implementation."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, MutableMapping
from typing import Any

from app.faust_batch.batch import Record

NOTHING = -1  # the offset of rows that include no changelog record


class Rows(MutableMapping[bytes, Any]):
    """Rows by key. A value is bytes where it is as the changelog has it, else an object of the
    agent's own making, put there by it and changed in place.

    `offset` is that of the last changelog record that the rows include, -1 for none: recovery
    goes on after it.
    """

    offset: int = NOTHING

    @abstractmethod
    def restore(self, records: Iterable[Record]) -> None:
        """Take records of the changelog, in log order; a value of None is a tombstone."""


class MemoryRows(dict[bytes, Any], Rows):
    """Rows in a dictionary. What came from the changelog stays encoded until it is replaced."""

    def restore(self, records: Iterable[Record]) -> None:
        for record in records:
            key, value = record.key, record.value
            self.offset = max(self.offset, record.offset)
            if key is None:
                continue  # a compacted topic takes none: nobody's row
            if value is None:
                self.pop(key, None)
            else:
                self[key] = value
