"""What other processes have left in the folder, and what others that live keep in it."""

from __future__ import annotations

from pathlib import Path

import msgspec

from app.endpoint.spool.read import Found, read_records
from app.endpoint.spool.segment_file import SUFFIX, SegmentFile, remove_unfinished, take


class Orphan(msgspec.Struct, frozen=True):
    """A file that nobody held, held by this process now."""

    file: SegmentFile
    found: Found


class Around(msgspec.Struct, frozen=True):
    """`others_bytes` are in files that other processes hold; `unusable` could not be opened."""

    orphans: list[Orphan]
    others_bytes: int
    unusable: list[tuple[Path, OSError]]


def look_around(folder: Path, known: set[Path]) -> Around:
    """Take every file of the folder that nobody holds. Raises OSError where there is no folder."""
    orphans: list[Orphan] = []
    unusable: list[tuple[Path, OSError]] = []
    others = 0
    remove_unfinished(folder)
    for path in sorted(folder.iterdir()):
        if path.suffix != SUFFIX or path in known:
            continue
        try:
            file = take(path)
            if file is None:
                others += path.stat().st_size
            else:
                orphans.append(Orphan(file, read_records(file.read(), file.name)))
        except FileNotFoundError:
            continue  # its owner has drained it
        except OSError as error:
            unusable.append((path, error))
    return Around(orphans, others, unusable)
