"""The rows of one table in one partition: the port, and its in-memory implementation."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Collection, Iterable, MutableMapping
from typing import Any

from app.faust_batch.batch import Record

NOTHING = -1  # the offset of rows that include no changelog record

Change = tuple[bytes, bytes | None]
"""A key and its row as the changelog is to have it; None is a tombstone."""

Held = list[tuple[bytes, Any]]
"""Changes on their way to the changelog, as `Rows.hold` gave them out: opaque, in the same order.
May be sliced."""


class Rows(MutableMapping[bytes, Any]):
    """Rows by key, as the changelog has them. What is set is what is read from then on.

    `offset` is that of the last changelog record that the rows include, -1 for none: recovery
    goes on after it. Rows that outlive the process keep a change only when it is included.
    """

    offset: int = NOTHING

    @abstractmethod
    def restore(self, records: Iterable[Record], through: int) -> None:
        """Take records of the changelog, in log order; a value of None is a tombstone. They are
        all that there is up to the offset `through`."""

    @abstractmethod
    def hold(self, changes: Collection[Change]) -> Held:
        """Change rows as these records, which are about to be sent to the changelog."""

    @abstractmethod
    def include(self, held: Held, through: int) -> None:
        """What was held is on the changelog for good, and the rows include all of it up to the
        offset `through`, which never goes back. In the order in which it was held."""

    @abstractmethod
    def forget(self) -> None:
        """Be empty, and include nothing."""

    def about(self) -> int:
        """About how many rows there are, at once."""
        return len(self)

    def close(self) -> None:
        """The partition is another worker's: let go of whatever they lie in."""


NewRows = Callable[[str, int], Rows]
"""The rows of a changelog topic's partition: new ones, or what an earlier process left."""


class MemoryRows(dict[bytes, Any], Rows):
    """Rows in a dictionary."""

    def restore(self, records: Iterable[Record], through: int) -> None:
        for record in records:
            key, value = record.key, record.value
            if key is None:
                continue  # a compacted topic takes none: nobody's row
            if value is None:
                self.pop(key, None)
            else:
                self[key] = value
        self.offset = max(self.offset, through)

    def hold(self, changes: Collection[Change]) -> Held:
        return []  # they are in the dictionary already, and nowhere else

    def include(self, held: Held, through: int) -> None:
        self.offset = max(self.offset, through)

    def forget(self) -> None:
        self.clear()
        self.offset = NOTHING


def memory_rows(_topic: str, _partition: int) -> Rows:
    """Rows that are gone with the process: the changelog brings them back."""
    return MemoryRows()
