"""Files on their way into a folder. Each is locked for as long as somebody writes it."""

from __future__ import annotations

import fcntl
import os
import re
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

_PART = re.compile(r"\..+\.(parquet|jsonl)\.\d+\.part", re.ASCII)


def open_part(folder: Path, name: str) -> tuple[Path, BinaryIO]:
    """A new file on the way to this name. Raises OSError."""
    path = folder / f".{name}.{os.getpid()}.part"
    while True:
        file = path.open("xb")
        with suppress(OSError):  # where there are no locks, nothing is cleared
            fcntl.flock(file, fcntl.LOCK_EX)
        if os.fstat(file.fileno()).st_nlink:
            return path, file
        file.close()  # cleared before it was locked


def clear_parts(folder: Path) -> None:
    """Those that nobody writes any more: whoever did was killed. A process's number would not say
    so: another may have it, or see others than ours. Raises OSError where the folder cannot be
    read.
    """
    for path in folder.iterdir():
        if _PART.fullmatch(path.name) and path.is_file() and not path.is_symlink():
            with suppress(OSError), path.open("r+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink()
