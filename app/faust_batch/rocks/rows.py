"""The rows of one table in one partition, in RocksDB.

A change is readable at once, and waits in memory until the broker has acknowledged it (with
transactions: until its transaction is committed). Only then it goes into the database, in one
atomic batch with the offset up to which the rows include the changelog. Were it written earlier,
a killed worker could leave a row that is not on the changelog. The next one, reading the webhook
again, would find it applied already, and not write it: the row would be missing for everybody
else, for ever. The same holds for the rows of a transaction that is aborted.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

from rocksdict import WriteBatch

from app.faust_batch.batch import Record
from app.faust_batch.rocks.database import Database
from app.faust_batch.rows import NOTHING, Change, Held, Rows


class RocksRows(Rows):
    """`name` tells these rows from others in the same database."""

    def __init__(self, database: Database, name: str, close: Callable[[], None]) -> None:
        self._database = database
        self._prefix = name.encode() + b"\0"
        self._waiting: dict[bytes, tuple[bytes | None]] = {}  # a tuple of its own for each change
        self._offset_key = database.offset_key(name)
        self._close = close
        stored = database.get(self._offset_key)
        self.offset = NOTHING if stored is None else int(stored)

    def get(self, key: bytes, default: Any = None) -> Any:
        waiting = self._waiting.get(key)
        value = waiting[0] if waiting is not None else self._database.get(self._prefix + key)
        return default if value is None else value

    def __getitem__(self, key: bytes) -> bytes:
        value = self.get(key)
        if value is None:
            raise KeyError(key)
        return value

    def __contains__(self, key: object) -> bool:
        return isinstance(key, bytes) and self.get(key) is not None

    def __setitem__(self, key: bytes, value: bytes) -> None:
        self._waiting[key] = (value,)

    def __delitem__(self, key: bytes) -> None:
        if key not in self:
            raise KeyError(key)
        self._waiting[key] = (None,)

    def __iter__(self) -> Iterator[bytes]:
        waiting = dict(self._waiting)
        for key in self._database.keys(self._prefix):
            if key not in waiting:
                yield key
        for key, (value,) in waiting.items():
            if value is not None:
                yield key

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def about(self) -> int:
        return self._database.about(self._prefix)

    def hold(self, changes: Collection[Change]) -> Held:
        held: Held = [(key, (value,)) for key, value in changes]
        self._waiting.update(held)
        return held

    def include(self, held: Held, through: int) -> None:
        batch, waiting = self._batch(through), self._waiting
        for key, entry in held:
            self._put(batch, key, entry[0])
            if waiting.get(key) is entry:
                del waiting[key]  # else it was changed again meanwhile
        self._write(batch, through)

    def restore(self, records: Iterable[Record], through: int) -> None:
        batch, waiting = self._batch(through), self._waiting
        for record in records:
            key = record.key
            if key is None:
                continue  # a compacted topic takes none: nobody's row
            self._put(batch, key, record.value)
            if waiting:
                waiting.pop(key, None)
        self._write(batch, through)

    def forget(self) -> None:
        self._waiting.clear()
        self.offset = NOTHING
        self._database.delete(self._prefix, self._offset_key)

    def close(self) -> None:
        self._close()

    def _batch(self, through: int) -> WriteBatch:
        batch = WriteBatch(raw_mode=True)
        batch.put(self._offset_key, b"%d" % max(self.offset, through))
        return batch

    def _put(self, batch: WriteBatch, key: bytes, value: bytes | None) -> None:
        if value is None:
            batch.delete(self._prefix + key)
        else:
            batch.put(self._prefix + key, value)

    def _write(self, batch: WriteBatch, through: int) -> None:
        self._database.write(batch)
        self.offset = max(self.offset, through)
