"""A record as it lies in a topic, and spans of a partition."""

from __future__ import annotations

from typing import NamedTuple, cast

import msgspec
from confluent_kafka import Message

Headers = list[tuple[str, bytes]]


class Record(msgspec.Struct, frozen=True, gc=False):
    """A record as it lies in its topic; `timestamp_ms` is the producer's, since the epoch."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers
    timestamp_ms: int


class Span(NamedTuple):
    """Offsets from `first` up to, and without, `end`."""

    first: int
    end: int


def record_of(message: Message) -> Record:
    """Of a message that names no error (or only the end of a partition): all of these are there."""
    return Record(
        cast(str, message.topic()),
        cast(int, message.partition()),
        cast(int, message.offset()),
        message.key(),
        message.value(),
        cast(Headers, message.headers() or []),
        message.timestamp()[1],
    )
