"""A spool in a folder, as a process would have it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter

from app.core.webhook import RawRecord
from app.endpoint.spool.bounds import Bounds
from app.endpoint.spool.file_spool import FileSpool
from app.endpoint.spool.news import News
from app.endpoint.spool.port import Entry, Spool
from app.endpoint.spool.segment_file import SUFFIX

NOW = 1_760_000_100.0


def broken_files() -> Counter:
    return Counter("broken", "Set aside.", registry=CollectorRegistry())


def folder_spool(
    folder: Path,
    *,
    max_bytes: int = 1 << 20,
    max_age_s: float = 3_600,
    sync: Callable[[int], None] = os.fdatasync,
    segment_bytes: int = 1 << 16,
    broken: Counter | None = None,
    now: Callable[[], float] = lambda: NOW,
) -> FileSpool:
    return FileSpool(
        folder,
        Bounds(max_bytes, max_age_s),
        News(broken or broken_files()),
        clock=now,
        sync=sync,
        segment_bytes=segment_bytes,
    )


async def entries(spool: Spool) -> list[Entry]:
    return [entry async for some in spool.oldest_first() for entry in some]


async def records(spool: Spool) -> list[RawRecord]:
    return [entry.record for entry in await entries(spool)]


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix == SUFFIX)
