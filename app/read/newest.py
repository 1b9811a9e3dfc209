"""The newest record of a key in a compacted topic, looked for from the end."""

from __future__ import annotations

from collections.abc import Collection

from app.kafka.log import Progress
from app.kafka.record import Record, Span
from app.read.reader import Reader

FIRST_WINDOW = 20_000
GROWTH = 4


def newest(
    reader: Reader,
    topic: str,
    partition: int,
    keys: Collection[bytes],
    progress: Progress | None = None,
    *,
    before: int | None = None,
) -> dict[bytes, Record]:
    """The newest record of each key that has one, of those `before` an offset (by default, all).

    Whoever looks a key up mostly does so while things happen to it: ever larger windows from the
    end of the partition find it long before a scan from the beginning would. `progress` is told
    of offsets. A tombstone is a record like any other.
    """
    span = reader.span(topic, partition)
    last = span.end if before is None else min(span.end, before)
    total = last - span.first
    wanted = set(keys)
    found: dict[bytes, Record] = {}
    end, window = last, FIRST_WINDOW
    while wanted and end > span.first:
        first = max(span.first, end - window)
        here: dict[bytes, Record] = {}
        for record in reader.read(topic, {partition: Span(first, end)}):
            if record.key in wanted:
                here[record.key] = record
        found |= here
        wanted -= here.keys()
        end, window = first, window * GROWTH
        if progress is not None:
            progress(last - end, total)
    return found
