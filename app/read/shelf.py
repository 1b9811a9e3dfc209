"""Bytes by key, on disk for as long as they are needed: what may not fit in memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, MutableMapping
from types import TracebackType
from typing import Self

from app.errors import UserError

_CACHE_KIB = 32_768  # a shelf's; beyond it, SQLite writes to its temporary file
_FULL = ("full", "disk I/O error")


class Shelf(MutableMapping[bytes, bytes]):
    """A temporary file that SQLite makes when its cache overflows and deletes when it is closed.
    Iteration is in the order of the keys; no key is empty.
    """

    def __init__(self) -> None:
        database = self._database = sqlite3.connect("", isolation_level=None)
        database.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        database.execute("PRAGMA journal_mode = OFF")
        database.execute("PRAGMA synchronous = OFF")
        database.execute(
            "CREATE TABLE shelf (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID"
        )
        database.execute("BEGIN")  # never ended: to commit each row takes five times as long

    def close(self) -> None:
        self._database.close()

    def __getitem__(self, key: bytes) -> bytes:
        found = self._database.execute("SELECT value FROM shelf WHERE key = ?", (key,)).fetchone()
        if found is None:
            raise KeyError(key)
        return found[0]

    def __setitem__(self, key: bytes, value: bytes) -> None:
        self._database.execute("INSERT OR REPLACE INTO shelf VALUES (?, ?)", (key, value))

    def __delitem__(self, key: bytes) -> None:
        if self._database.execute("DELETE FROM shelf WHERE key = ?", (key,)).rowcount == 0:
            raise KeyError(key)

    def __contains__(self, key: object) -> bool:
        found = self._database.execute("SELECT 1 FROM shelf WHERE key = ?", (key,))
        return found.fetchone() is not None

    def __iter__(self) -> Iterator[bytes]:
        after = "SELECT key FROM shelf WHERE key > ? ORDER BY key LIMIT 1000"
        last = b""
        while keys := self._database.execute(after, (last,)).fetchall():
            for (last,) in keys:
                yield last

    def __len__(self) -> int:
        return self._database.execute("SELECT count(*) FROM shelf").fetchone()[0]


class Shelves:
    """Shelves that are cleared away together."""

    def __init__(self) -> None:
        self._shelves: list[Shelf] = []

    def shelf(self) -> Shelf:
        """A new, empty one."""
        self._shelves.append(Shelf())
        return self._shelves[-1]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for shelf in self._shelves:
            shelf.close()
        if isinstance(error, sqlite3.OperationalError) and any(w in str(error) for w in _FULL):
            raise UserError(
                "The disk that holds temporary files has no room for the rows of a partition.",
                "Free some, or name another folder by the variable SQLITE_TMPDIR.",
            ) from error
