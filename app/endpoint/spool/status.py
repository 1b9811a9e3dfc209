"""What lies in a spool's folder, by looking only: nothing is taken, drained or changed."""

from __future__ import annotations

from pathlib import Path

import msgspec

from app.endpoint.spool.read import Found, read_records
from app.endpoint.spool.segment_file import BROKEN, SUFFIX, is_held, parse_name


class FileStatus(msgspec.Struct, frozen=True):
    """One file. `process` is `host:pid` of its maker, empty where its name does not say; `held`
    says whether a process that lives has it; otherwise the next endpoint to drain takes it over.
    `entries` may be on the log already, as long as not all of the file are. `oldest_at` is in
    microseconds since the epoch. `trouble` is what keeps it, or some of it, from being read.
    """

    file: str
    process: str
    held: bool
    entries: int
    bytes: int
    oldest_at: int | None
    trouble: str | None = None


class SpoolStatus(msgspec.Struct, frozen=True):
    """`set_aside` are files that were damaged, or hold what Kafka refuses: nobody drains them."""

    folder: str
    files: list[FileStatus]
    set_aside: list[FileStatus]

    @property
    def entries(self) -> int:
        return sum(file.entries for file in self.files)

    @property
    def bytes(self) -> int:
        return sum(file.bytes for file in self.files)

    @property
    def oldest_at(self) -> int | None:
        return min((one.oldest_at for one in self.files if one.oldest_at is not None), default=None)


def look_into(folder: Path) -> SpoolStatus:
    """A folder that is not there is an empty spool. Raises OSError where it cannot be read."""
    files: list[FileStatus] = []
    aside: list[FileStatus] = []
    for path in sorted(folder.iterdir()) if folder.exists() else []:
        if path.suffix not in (SUFFIX, BROKEN):
            continue
        try:
            (files if path.suffix == SUFFIX else aside).append(_status(path))
        except FileNotFoundError:
            continue  # drained at this moment
    return SpoolStatus(str(folder), files, aside)


def _status(path: Path) -> FileStatus:
    name = parse_name(path.name.removesuffix(BROKEN))
    process = "" if name is None else name.process
    try:
        found = read_records(path.read_bytes(), name)
        held = is_held(path)
    except FileNotFoundError:
        raise
    except OSError as error:
        return FileStatus(
            path.name,
            process,
            held=False,
            entries=0,
            bytes=0,
            oldest_at=None,
            trouble=error.strerror,
        )
    return FileStatus(
        path.name, process, held, len(found.records), found.size, found.oldest_at, _trouble(found)
    )


def _trouble(found: Found) -> str | None:
    return "damaged: not all of it can be read" if found.broken else None
