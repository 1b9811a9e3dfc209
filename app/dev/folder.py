"""The folder that `hookline dev` keeps everything in, held by one of them at a time."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.errors import UserError

ROOM = 256 * 1024 * 1024


class Folder:
    """Where things are in it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.kafka = path / "kafka"
        self.logs = path / "logs"
        self.sources = path / "hookline.toml"
        self.secrets = path / "secrets"

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"


@contextmanager
def hold(path: Path) -> Iterator[Folder]:
    """The folder, made if it is new, and held until this process ends, however it ends.

    Raises UserError when another process holds it, or when its disk has no room for Kafka.
    """
    folder = Folder(path)
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.logs.mkdir(exist_ok=True)
        path.joinpath(".gitignore").write_text("*\n")  # secrets and data are not for a repository
        lock = os.open(path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise unusable(path, error) from error
    try:
        _lock(lock, path)
        if free_bytes(path) < ROOM:
            raise UserError(
                f"The disk that holds {path} is nearly full: {free_bytes(path) // 10**6} MB are "
                f"free, Kafka needs {ROOM // 10**6} MB.",
                "Make room, or give a folder on another disk with --data-dir or HOOKLINE_DATA_DIR.",
            )
        yield folder
    finally:
        os.close(lock)


def _lock(lock: int, path: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(lock, 20, 0).decode(errors="replace").strip()
        raise UserError(
            f"`hookline dev` runs in {path} already: process {holder or 'unknown'}.",
            "Stop that one with Ctrl-C, or give this one a folder and ports of its own: "
            "`hookline dev --help` names the options.",
        ) from None
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)


def unusable(path: Path, error: OSError) -> UserError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return UserError(
            f"The disk that holds {path} is full.",
            "Make room, or give a folder on another disk with --data-dir or HOOKLINE_DATA_DIR.",
        )
    return UserError(
        f"{path} cannot be used: {error.strerror}.",
        "Give a folder that this user may write with --data-dir or HOOKLINE_DATA_DIR.",
    )


def free_bytes(path: Path) -> int:
    return shutil.disk_usage(path).free
