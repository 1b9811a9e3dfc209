"""The folder of a spool: one for each raw topic, for it must not be drained into another."""

from __future__ import annotations

import os
from pathlib import Path

from app.endpoint.spool.segment_file import sync_folder

_PIECE = bytes(64 * 1024)


def spool_folder(data: Path, topic: str) -> Path:
    return data / "spool" / topic


def prepare_folder(folder: Path) -> None:
    """Make it, and all above it, to outlive a power failure; it can be written then. Raises
    OSError.
    """
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for made in reversed(missing):
        sync_folder(made.parent)
    try_folder(folder)


def try_folder(folder: Path) -> None:
    """Write something and take it away again. Raises OSError where that is not possible."""
    path = folder / f"try.{os.getpid()}"
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.write(fd, _PIECE)
        os.fdatasync(fd)
    finally:
        os.close(fd)
        path.unlink()
