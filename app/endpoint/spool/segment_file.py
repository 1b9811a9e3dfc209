"""A file of the spool: made, held, read, deleted, set aside.

Each process writes files of its own only and holds a lock on each, which the system frees when
the process ends, however it ends. A file whose lock is free belongs to whoever takes the lock.
The name is `<created>.<host>.<pid>.<marker>.spool`: microseconds since the epoch, who made it, and
the marker of its frames in hex.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import socket
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from app.endpoint.spool.frame import MAGIC, MARKER_BYTES

SUFFIX = ".spool"
BROKEN = ".broken"
_UNFINISHED = ".new"
_NAME = re.compile(r"(\d{1,19})\.([A-Za-z0-9_-]{1,64})\.(\d{1,10})\.([0-9a-f]{16})\.spool")
_PIECE = 1024 * 1024


class Name(NamedTuple):
    """What a file's name says."""

    created: int
    host: str
    pid: int
    marker: bytes

    @property
    def process(self) -> str:
        return f"{self.host}:{self.pid}"

    def __str__(self) -> str:
        return f"{self.created:016d}.{self.host}.{self.pid}.{self.marker.hex()}{SUFFIX}"


def parse_name(name: str) -> Name | None:
    """None for a name that no endpoint gives."""
    parts = _NAME.fullmatch(name)
    if parts is None:
        return None
    return Name(int(parts[1]), parts[2], int(parts[3]), bytes.fromhex(parts[4]))


def own_name() -> Name:
    """A new one, of this process and now."""
    host = re.sub(r"[^A-Za-z0-9_-]", "-", socket.gethostname().split(".")[0])[:64] or "host"
    return Name(time.time_ns() // 1_000, host, os.getpid(), secrets.token_bytes(MARKER_BYTES))


class SegmentFile:
    """A file that this process holds. `name` is None where another made it and named it oddly."""

    def __init__(self, path: Path, fd: int, name: Name | None) -> None:
        self.path = path
        self.fd = fd
        self.name = name

    def read(self) -> bytes:
        """All of it; what the disk cannot give reads as bytes that are no frame."""
        size = os.fstat(self.fd).st_size
        pieces: list[bytes] = []
        for at in range(0, size, _PIECE):
            wanted = min(_PIECE, size - at)
            try:
                piece = os.pread(self.fd, wanted, at)
            except OSError:
                piece = b""
            pieces.append(piece.ljust(wanted, b"\xff"))
        return b"".join(pieces)

    def delete(self) -> None:
        """Raises OSError; it is let go either way."""
        try:
            self.path.unlink()
        finally:
            self.close()

    def set_aside(self) -> Path:
        """Name it so that nothing drains it again; its new name. Raises OSError."""
        try:
            return self.path.rename(self.path.with_name(self.path.name + BROKEN))
        finally:
            self.close()

    def close(self) -> None:
        os.close(self.fd)


def create(folder: Path) -> SegmentFile:
    """A new file with its magic word, held before another could see it. What is written to it is
    safe once it is synced, for its name is. Raises OSError.
    """
    while True:
        name = own_name()
        unfinished = folder / (str(name) + _UNFINISHED)
        fd = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.write(fd, MAGIC)
            path = unfinished.rename(folder / str(name))
            sync_folder(folder)
        except (BlockingIOError, FileNotFoundError):
            os.close(fd)  # another took it for what a dead process left: the next one, then
            if not folder.is_dir():
                raise
        except OSError:
            os.close(fd)
            for left in (unfinished, folder / str(name)):
                with suppress(OSError):
                    left.unlink()
            raise
        else:
            return SegmentFile(path, fd, name)


def take(path: Path) -> SegmentFile | None:
    """Hold a file that nobody holds; None where somebody does, or it is gone. Raises OSError."""
    try:
        fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(fd).st_ino == path.stat().st_ino:  # else: drained and deleted meanwhile
            return SegmentFile(path, fd, parse_name(path.name))
    except (BlockingIOError, FileNotFoundError):
        pass
    except OSError:
        os.close(fd)
        raise
    os.close(fd)
    return None


def is_held(path: Path) -> bool:
    """Whether a process that lives holds it. Raises FileNotFoundError where it is gone."""
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(fd)
    return False


def remove_unfinished(folder: Path) -> None:
    """Files that were left before they had their name: nothing is in them."""
    for path in folder.glob("*" + _UNFINISHED):
        if (left := take(path)) is not None:
            left.delete()


def sync_folder(folder: Path) -> None:
    """Make what was created or renamed in it outlive a power failure."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
