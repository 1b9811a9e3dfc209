"""Faust's store of a table: its rows by partition, so that a partition's rows go with it.

Answers faust/stores/memory.py `Store`: one dictionary for all partitions, which searches all rows
when a partition goes, and has no offset, so that every rebalance reads every changelog again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from faust.stores.base import Store as BaseStore
from faust.types.tuples import TP

from app.faust_batch.logs import FAUST
from app.faust_batch.rows import NewRows, Rows


class Store(BaseStore):
    """`new_rows` makes the rows of a partition when they are first asked for."""

    table: Any
    logger = FAUST

    def __init__(self, *args: Any, new_rows: NewRows, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._new_rows = new_rows
        self._parts: dict[int, Rows] = {}

    def rows(self, partition: int) -> Rows:
        if partition not in self._parts:
            topic = self.table.changelog_topic_name
            self._parts[partition] = self._new_rows(topic, partition)
        return self._parts[partition]

    def drop(self, partition: int) -> None:
        """As when a partition is another worker's."""
        part = self._parts.pop(partition, None)
        if part is not None:
            part.close()

    def persisted_offset(self, tp: TP) -> int:
        """-1 where there are no rows: faust/tables/recovery.py `Recovery._add` takes None for "I
        do not know" and may keep the offset of an earlier assignment, skipping recovery."""
        return self.rows(tp.partition).offset

    async def on_rebalance(
        self,
        assigned: set[TP],
        revoked: set[TP],
        newly_assigned: set[TP],
        generation_id: int = 0,
    ) -> None:
        for tp in revoked:
            if tp.topic == self.table.changelog_topic_name:
                self.drop(tp.partition)

    async def on_stop(self) -> None:
        self.reset_state()

    # Faust takes a store for one mapping. Ours is asked by partition: Table.rows(partition).

    def __getitem__(self, key: bytes) -> Any:
        for part in self._parts.values():
            if key in part:
                return part[key]
        raise KeyError(key)

    def __iter__(self) -> Iterator[bytes]:
        for part in self._parts.values():
            yield from part

    def __len__(self) -> int:
        return sum(map(len, self._parts.values()))

    def __setitem__(self, key: bytes, value: Any) -> None:
        raise TypeError("put rows into Table.rows(partition), then call Table.write")

    def __delitem__(self, key: bytes) -> None:
        raise TypeError("delete rows from Table.rows(partition), then call Table.write")

    def set_persisted_offset(self, tp: TP, offset: int) -> None:
        raise NotImplementedError("rows know their offset themselves: see Table.write")

    def apply_changelog_batch(self, *_: Any, **__: Any) -> None:
        raise NotImplementedError("see Table.restore")

    def reset_state(self) -> None:
        """Nothing is in memory any more; what lies on disk stays."""
        parts, self._parts = self._parts, {}
        for part in parts.values():
            part.close()

    async def backup_partition(self, *_: Any, **__: Any) -> None:
        raise NotImplementedError("the changelog is the backup")

    def restore_backup(self, *_: Any, **__: Any) -> None:
        raise NotImplementedError("the changelog is the backup")
