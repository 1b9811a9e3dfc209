"""The view's file: opened, judged, made anew."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.errors import UserError
from app.inspector.view.identity import Identity
from app.inspector.view.tables import FOLLOWED_AT, create
from app.read.decode import NotARow

_KEPT = 4  # readers that wait for their next question
_WRITER_CACHE_KIB, _READER_CACHE_KIB = 65_536, 8_192
_BUSY_S = 10.0
_WAL_BYTES = 64 * 1024 * 1024  # kept for the next transactions


_TOMBSTONES_S = 20 * 3600  # Kafka keeps them for a day, by which every reader must have seen them


class NoView(Exception):
    """There is no view to read now: it is not there yet, or damaged and about to be made anew."""


def is_damage(error: sqlite3.Error) -> bool:
    """Whether it says that the file is no good, rather than that something else failed."""
    return error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class ViewFile:
    """One process has it at a time. `generation` grows whenever it is made anew; `damage` is what
    a reader found wrong with it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.generation = 0
        self.damage: str | None = None
        self.identity: Identity | None = None
        self._inode: int | None = None
        self._lock = threading.Lock()
        self._readers: list[tuple[int, sqlite3.Connection]] = []
        self._held: int | None = None

    def hold(self) -> None:
        """Keep other inspectors out. Raises UserError where one has it, or where it cannot be."""
        folder = self.path.parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._held = os.open(f"{self.path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UserError(
                f"Another inspector has the view {self.path}.",
                "Stop it, or give this one a data folder of its own: HOOKLINE_DATA_DIR.",
            ) from None
        except OSError as error:
            raise UserError(
                f"The inspector cannot write into {folder}: {error.strerror}.",
                "Give it a data folder that it may write to: HOOKLINE_DATA_DIR.",
            ) from None

    def close(self) -> None:
        with self._lock:
            readers, self._readers = self._readers, []
        for _, reader in readers:
            reader.close()
        if self._held is not None:
            os.close(self._held)
            self._held = None

    def writer(self, identity: Identity) -> tuple[sqlite3.Connection, str | None]:
        """A connection to a view of `identity`, and why it was made anew, if it was."""
        why = self._judge(identity)
        if why is not None:
            self._delete()
            self.generation += 1
            self.damage = None
        database = self._connect(_WRITER_CACHE_KIB)
        if why is not None:
            database.execute("PRAGMA journal_mode = WAL")
            create(database)
            about = [(FOLLOWED_AT, str(time.time())), ("identity", identity.text())]
            database.executemany("INSERT INTO about VALUES (?, ?)", about)
        # A page is synced when it leaves the WAL: a killed process loses nothing, a lost machine
        # the newest transactions, which are read again.
        database.execute("PRAGMA synchronous = NORMAL")
        database.execute("PRAGMA secure_delete = OFF")
        database.execute(f"PRAGMA journal_size_limit = {_WAL_BYTES}")
        self.identity = identity
        self._inode = self.path.stat().st_ino
        return database, why

    def is_gone(self) -> bool:
        """Whether somebody deleted the file, or put another in its place."""
        try:
            return self.path.stat().st_ino != self._inode
        except FileNotFoundError:
            return True

    def _judge(self, identity: Identity) -> str | None:
        """Why the file is to be made anew; None where it is good."""
        if self.damage is not None:
            return f"it is damaged: {self.damage}"
        if not self.path.exists():
            return "there is none yet"
        database: sqlite3.Connection | None = None
        try:
            database = self._connect(_READER_CACHE_KIB)
            about = dict(database.execute("SELECT name, value FROM about").fetchall())
            return identity.difference(about.get("identity")) or _staleness(about)
        except sqlite3.DatabaseError as error:
            return f"it is damaged: {error}"
        finally:
            if database is not None:
                database.close()

    def _delete(self) -> None:
        for end in ("", "-wal", "-shm"):
            Path(f"{self.path}{end}").unlink(missing_ok=True)

    def _connect(self, cache_kib: int) -> sqlite3.Connection:
        database = sqlite3.connect(
            self.path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False
        )
        database.execute(f"PRAGMA cache_size = -{cache_kib}")
        return database

    @contextmanager
    def reader(self) -> Iterator[sqlite3.Connection]:
        """A connection that sees one state of the view while the block runs. Raises NoView."""
        generation, database = self._take()
        try:
            database.execute("BEGIN")
            yield database
            database.execute("COMMIT")
        except sqlite3.DatabaseError as error:
            database.close()
            if is_damage(error):
                self.damage = str(error)
            elif "no such" not in str(error):  # a table or a column of another version
                raise
            raise NoView(str(error)) from error
        except NotARow as error:
            database.close()
            self.damage = f"a row in it cannot be read: {error}"
            raise NoView(self.damage) from error
        except BaseException:
            database.close()
            raise
        self._give(generation, database)

    def _take(self) -> tuple[int, sqlite3.Connection]:
        with self._lock:
            while self._readers:
                generation, database = self._readers.pop()
                if generation == self.generation:
                    return generation, database
                database.close()
            generation = self.generation
        if not self.path.exists():
            raise NoView("there is no view yet")
        database = self._connect(_READER_CACHE_KIB)
        database.execute("PRAGMA query_only = ON")
        return generation, database

    def _give(self, generation: int, database: sqlite3.Connection) -> None:
        with self._lock:
            if generation == self.generation and len(self._readers) < _KEPT:
                self._readers.append((generation, database))
                return
        database.close()


def _staleness(about: dict[str, str]) -> str | None:
    """Whether rows may have been deleted without the view's ever learning of it."""
    since = time.time() - float(about.get(FOLLOWED_AT, 0))
    if since < _TOMBSTONES_S:
        return None
    return f"it has not been kept for {since / 3600:.0f} hours, and rows may have been deleted"
