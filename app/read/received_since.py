"""Where records that were received since some time begin."""

from __future__ import annotations

from app.kafka.record import Span
from app.read.reader import Reader

_MILLISECOND = 1_000


def spans_received_since(reader: Reader, topic: str, at: int | None) -> dict[int, Span]:
    """What of a topic is to be read: all of it where `at`, in microseconds, is None. A record's
    timestamp is never before its receipt but by the part of a millisecond that timestamps do not
    have; it may be much later, so that nothing can be left out at the end.
    """
    if at is None:
        return reader.spans(topic)
    return reader.spans_since(topic, max(0, at - _MILLISECOND))
