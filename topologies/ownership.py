"""Which partitions a worker owns, how it came to them, and how far it has come in them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from faust.types.tuples import TP

from app.faust_batch.batch import Batch


class Assignment(NamedTuple):
    """What a rebalance brought. `read` counts changelog records that were taken into rows, `rows`
    what each table then held of these partitions; `after_s` is from the revocation to readiness.
    """

    partitions: list[int]
    gained: list[int]
    lost: list[int]
    rows: dict[str, int]
    read: int
    after_s: float


class Ownership:
    """Told of what happens, in the order in which it does."""

    def __init__(self) -> None:
        self._before: set[int] = set()
        self._rows: dict[str, int] = {}
        self._read = 0
        self._end: dict[int, int] = {}
        self._at: dict[int, int] = {}

    def revoked(self) -> None:
        """All is taken away, until the next assignment says what is given back."""
        self._rows, self._read = {}, 0
        self._end, self._at = {}, {}

    def restored(self, records: int) -> None:
        self._read += records

    def recovered(self, table: str, rows: int) -> None:
        self._rows[table] = rows

    def assigned(self, sources: Iterable[TP], seconds: float) -> Assignment:
        now = {tp.partition for tp in sources}
        before, self._before = self._before, now
        return Assignment(
            sorted(now),
            sorted(now - before),
            sorted(before - now),
            dict(self._rows),
            self._read,
            round(seconds, 3),
        )

    def fetched(self, batch: Batch) -> None:
        if batch.end_offset is not None:
            self._end[batch.partition] = batch.end_offset
        if batch.records:
            self._at.setdefault(batch.partition, batch.records[0].offset)

    def processed(self, batch: Batch) -> None:
        if batch.partition in self._at:
            self._at[batch.partition] = batch.next_offset

    def lag(self, partition: int) -> int | None:
        """Records of an owned partition that are not processed, as far as the broker has said."""
        end, at = self._end.get(partition), self._at.get(partition)
        return None if end is None or at is None else max(0, end - at)
