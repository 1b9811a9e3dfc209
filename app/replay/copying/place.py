"""What of a raw record changes with its place: its partition, and whom it stands in for."""

from __future__ import annotations

from functools import lru_cache

from app.core.dead_letter import raw_place
from app.core.webhook import REDRIVE, Place, place_of
from app.kafka.partition import partition_of
from app.kafka.record import Headers, Record

_partition_of = lru_cache(65_536)(partition_of)  # a key has a dozen records, mostly close together


def new_partition(record: Record, count: int) -> int:
    """Among `count`. What has no key goes where all of its old partition without one go."""
    key = record.key
    return record.partition % count if key is None else _partition_of(key, count)


def new_timestamp(record: Record) -> int:
    """Its own. (0, which only somebody else's record can have, is "now" to a producer.)"""
    return max(record.timestamp_ms, 1)


def stands_in_for(record: Record) -> Place | None:
    """Of a redriven record: where the one lies that became a dead letter."""
    for name, value in record.headers:
        if name == REDRIVE:
            return place_of((value or b"").decode(errors="replace"))
    return None


def standing_in_for(headers: Headers, place: Place | None) -> Headers:
    """The headers with that place in them; with None, as of a record that stands in for none."""
    others = [header for header in headers if header[0] != REDRIVE]
    return others if place is None else [*others, (REDRIVE, raw_place(*place))]
