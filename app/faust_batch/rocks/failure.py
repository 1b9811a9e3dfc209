"""RocksDB's errors, which reach Python as texts: is it the folder's fault, or the machine's?"""

from __future__ import annotations

from pathlib import Path

from rocksdict import DbClosedError


class RowsUnavailable(Exception):
    """Rows that can be neither read nor written now; the database itself may be in order."""


class RowsDamaged(Exception):
    """A database that cannot be trusted: the changelog has it all."""


_MACHINE = (
    "No space left",
    "Permission denied",
    "Read-only file system",
    "Too many open files",
    "File too large",
    "Cannot allocate memory",
    "Input/output error",
    "Disk quota exceeded",
    "lock hold by",
    "While lock file",
)


def failure(error: Exception, folder: Path) -> RowsUnavailable | RowsDamaged:
    """What a failed call means. Files that are missing or make no sense are damage."""
    text = str(error)
    if isinstance(error, DbClosedError):
        return RowsUnavailable(f"the rows in {folder} are closed")
    if "IO error" in text and any(words in text for words in _MACHINE):
        return RowsUnavailable(f"the rows in {folder} cannot be read or written: {text}")
    return RowsDamaged(f"the rows in {folder} are damaged: {text}")
