"""Of a key's records the newest by the row's own word, whatever their order in the changelog.

For workers without transactions: one that was frozen, and replaced meanwhile, may have written old
rows after newer ones when it woke. Recovery then keeps the newer ones, and they are written again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from app.faust_batch.batch import Record

NewestOf = Callable[[bytes, bytes], bytes]
"""Which of two encoded rows of one key is newer; the second where they are of the same age."""


class Newest:
    def __init__(self, newest_of: NewestOf) -> None:
        self._newest_of = newest_of
        self._overwritten: dict[int, set[bytes]] = defaultdict(set)

    def take(
        self, partition: int, rows: Mapping[bytes, bytes], records: Iterable[Record]
    ) -> list[Record]:
        """The records, in log order, that rows are to have. Tombstones are always newer."""
        kept: dict[bytes, Record] = {}
        overwritten = self._overwritten[partition]
        for record in records:
            key, value = record.key, record.value
            if key is None:
                continue
            before = kept[key].value if key in kept else rows.get(key)
            if before is None or value is None or self._newest_of(before, value) == value:
                kept[key] = record
                overwritten.discard(key)
            else:
                overwritten.add(key)
        return list(kept.values())

    def overwritten(self, partition: int) -> set[bytes]:
        """Keys whose last record is older than their row; they are forgotten here."""
        return self._overwritten.pop(partition, set())

    def forget(self, partition: int) -> None:
        self._overwritten.pop(partition, None)
