"""Which partition a key belongs to: the rule of Kafka's own producers."""

from __future__ import annotations

from kafka.partitioner.default import murmur2


def partition_of(key: str | bytes, count: int) -> int:
    """The partition of a key among `count`: murmur2 of its UTF-8 bytes, positive, modulo."""
    data = key.encode() if isinstance(key, str) else key
    return (murmur2(data) & 0x7FFFFFFF) % count
