"""Which partition a key belongs to: the rule of Kafka's own producers."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache


def partition_of(key: str | bytes, count: int) -> int:
    """The partition of a key among `count`: murmur2 of its UTF-8 bytes, positive, modulo."""
    data = key.encode() if isinstance(key, str) else key
    return (_murmur2()(data) & 0x7FFFFFFF) % count


@cache
def _murmur2() -> Callable[[bytes], int]:
    """All of kafka-python comes with it: a third of the time that a command takes to start."""
    from kafka.partitioner.default import murmur2  # noqa: PLC0415

    return murmur2
