"""Of which sources there is anything in topics."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import NamedTuple

from app.kafka.log import Progress
from app.read.reader import Reader


class Looked(NamedTuple):
    """Which of the sources asked for were not found; where any was not, all that were seen."""

    missing: list[str]
    seen: list[str]


def look_for_sources(
    reader: Reader,
    topics: Iterable[str],
    asked: Collection[str],
    progress: Progress | None = None,
    *,
    same: Callable[[str], str] = str,
) -> Looked:
    """Look for the sources in the keys of raw records or rows, topic by topic, no further than
    until all are found. `same` makes of two names one that are the same.
    """
    missing = {same(one): one for one in asked}
    seen: set[bytes] = set()
    for topic in topics if missing else ():
        for record in reader.read(topic, None, progress):
            source, _, rest = (record.key or b"").partition(b"/")
            if source in seen or b"/" not in rest:
                continue
            seen.add(source)
            missing.pop(same(_text(source)), None)
            if not missing:
                return Looked([], [])
    return Looked(list(missing.values()), sorted(map(_text, seen)))


def _text(source: bytes) -> str:
    return source.decode(errors="backslashreplace")
