"""The database of one partition: opened, or made anew where it cannot be used.

A folder is given up, and its rows read from the changelog again, when RocksDB cannot open it, when
a read found damage in it, when a newer Hookline wrote it, or when nobody used it for so long that
tombstones which it has not seen may be compacted away.
"""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rocksdict import Options, Rdict, ReadOptions, WriteBatch, WriteOptions

from app.faust_batch.rocks.failure import RowsDamaged, failure

FORMAT = b"1"
STALE_AFTER_S = 12 * 3600.0  # Kafka keeps tombstones for a day by default (delete.retention.ms)
FEW = 50_000  # keys that are counted one by one
DAMAGED = "damaged"  # a file that says so to the next process

_FORMAT_KEY = b"\0format"
_OFFSET, _TOPIC = b"\0offset\0", b"\0topic\0"

logger = logging.getLogger(__name__)


class Database:
    """Values by key, in one folder. Keys that begin with a zero byte are its own.

    What it raises is RowsUnavailable or RowsDamaged; after the latter the next process starts
    with an empty one.
    """

    def __init__(self, folder: Path, options: Options) -> None:
        self.folder = folder
        self._rocks = _open(folder, options)
        self._write_options = WriteOptions()
        self._write_options.disable_wal = True  # pyright: ignore[reportAttributeAccessIssue]

    @staticmethod
    def offset_key(name: str) -> bytes:
        return _OFFSET + name.encode()

    def is_of(self, name: str, topic_id: str) -> bool:
        """Whether the rows of that name come from this very topic; notes it where none is noted.
        A topic that was deleted and made again has another id."""
        key = _TOPIC + name.encode()
        noted = self.get(key)
        if noted != topic_id.encode():
            batch = WriteBatch(raw_mode=True)
            batch.put(key, topic_id.encode())
            self.write(batch)
        return noted is None or noted == topic_id.encode()

    def get(self, key: bytes) -> bytes | None:
        try:
            return self._rocks.get(key)
        except Exception as error:
            raise self._failure(error) from error

    def write(self, batch: WriteBatch) -> None:
        """All of it or nothing."""
        try:
            self._rocks.write(batch, self._write_options)
        except Exception as error:
            raise self._failure(error) from error

    def keys(self, prefix: bytes) -> Iterator[bytes]:
        """Keys that begin with `prefix`, without it."""
        bounds, start = ReadOptions(), len(prefix)
        bounds.set_iterate_upper_bound(_after(prefix))
        try:
            for key in self._rocks.keys(from_key=prefix, read_opt=bounds):
                yield key[start:]  # pyright: ignore[reportIndexIssue, reportReturnType]
        except Exception as error:
            raise self._failure(error) from error

    def about(self, prefix: bytes) -> int:
        """How many keys begin with `prefix`; about so where they are many."""
        if self._about_all() <= FEW:
            return sum(1 for _ in self.keys(prefix))
        shares = (_share(file, prefix, _after(prefix)) for file in self._rocks.live_files())
        return int(sum(shares))

    def is_empty(self) -> bool:
        return next(iter(self._rocks.keys()), None) is None

    def _about_all(self) -> int:
        return self._rocks.property_int_value("rocksdb.estimate-num-keys") or 0

    def delete(self, prefix: bytes, *keys: bytes) -> None:
        """Everything that begins with `prefix`, and these keys."""
        batch = WriteBatch(raw_mode=True)
        batch.delete_range(prefix, _after(prefix))
        for key in keys:
            batch.delete(key)
        self.write(batch)

    def close(self) -> None:
        """Leave everything that was written in the folder."""
        try:
            self._rocks.flush()
            self._rocks.close()
        except Exception as error:
            raise self._failure(error) from error

    def _failure(self, error: Exception) -> Exception:
        said = failure(error, self.folder)
        if isinstance(said, RowsDamaged):
            (self.folder / DAMAGED).touch()
        return said


def open_database(folder: Path, options: Options, stale_after_s: float = STALE_AFTER_S) -> Database:
    """The database in `folder`, empty where what lies there cannot be used: then a warning says
    why. Raises RowsUnavailable where that would not help."""
    if reason := _unusable(folder, stale_after_s):
        _give_up(folder, reason)
    try:
        database = Database(folder, options)
    except RowsDamaged as error:
        _give_up(folder, str(error))
        return _new(folder, options)
    noted = database.get(_FORMAT_KEY)
    if noted == FORMAT:
        return database
    if noted is None and database.is_empty():
        return _noted(database)
    database.close()
    _give_up(folder, f"their format is {noted!r}, this program knows {FORMAT!r}")
    return _new(folder, options)


def _unusable(folder: Path, stale_after_s: float) -> str | None:
    if (folder / DAMAGED).exists():
        return "a read found them damaged"
    used = max((file.stat().st_mtime for file in folder.glob("*")), default=None)
    if used is not None and time.time() - used > stale_after_s:
        return f"nobody used them for {(time.time() - used) / 3600:.0f} hours"
    return None


def _give_up(folder: Path, reason: str) -> None:
    logger.warning("the rows in %s are read from the changelog again: %s", folder, reason)
    shutil.rmtree(folder)


def _new(folder: Path, options: Options) -> Database:
    return _noted(Database(folder, options))


def _noted(database: Database) -> Database:
    batch = WriteBatch(raw_mode=True)
    batch.put(_FORMAT_KEY, FORMAT)
    database.write(batch)
    return database


def _open(folder: Path, options: Options) -> Any:
    folder.mkdir(parents=True, exist_ok=True)
    try:
        return Rdict(str(folder), options)
    except Exception as error:
        raise failure(error, folder) from error


def _share(file: dict[str, Any], first: bytes, after: bytes) -> float:
    """How many entries of a file lie in that range, if half do where one end of it does. (Keys of
    the database's own are few, and the first.)"""
    start, end = max(file["start_key"], b"\1"), file["end_key"]
    inside = (start == b"\1" or first <= start < after) + (first <= end < after)
    inside = 0 if end < first else inside
    return (file["num_entries"] - 2 * file["num_deletions"]) * inside / 2


def _after(prefix: bytes) -> bytes:
    """The first key beyond all that begin with this prefix, which ends with a zero byte."""
    return prefix[:-1] + b"\1"
