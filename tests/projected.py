"""How far workers have come, by what their group has committed."""

from __future__ import annotations

from app.kafka.connection import Connection
from app.kafka.groups import committed, worker_group
from app.kafka.topics import Topics
from tests.one_kafka import PARTITIONS


def projected(kafka: str, topics: Topics, partitions: int = PARTITIONS) -> dict[int, int]:
    """Up to which raw offset, by partition; those of which nothing was committed left out."""
    found = committed(Connection(kafka), worker_group(topics), topics.raw, range(partitions))
    return {number: at.offset for number, at in found.items()}
