"""What a Hookline in memory received and made, put into a real Kafka."""

from __future__ import annotations

from collections.abc import Iterable

from confluent_kafka import Producer

from app.kafka.connection import Connection
from app.kafka.groups import commit, worker_group
from app.kafka.in_order import IN_ORDER
from app.kafka.topics import max_message_bytes
from tests.unit.read.installation import Installation


def publish(hookline: Installation, kafka: str) -> None:
    """Every record of every topic, at the place it has in memory; and how far the worker came.
    What was published before is not published again.
    """
    append(hookline, kafka, list(hookline.topics))
    group = worker_group(hookline.topics)
    commit(Connection(kafka), group, hookline.topics.raw, hookline.projected)


def append(hookline: Installation, kafka: str, topics: Iterable[str]) -> None:
    """Only the records, and of these topics."""
    producer = Producer(
        {
            "bootstrap.servers": kafka,
            "linger.ms": 5,
            **IN_ORDER,
            "message.max.bytes": max_message_bytes(),
        }
    )
    for topic in topics:
        for record in hookline.log.read(topic):
            place = (topic, record.partition)
            if record.offset >= hookline.published.get(place, 0):
                hookline.published[place] = record.offset + 1
                producer.produce(
                    topic,
                    record.value,
                    record.key,
                    record.partition,
                    timestamp=record.timestamp_ms,  # 0 is now
                    headers=record.headers,  # pyright: ignore[reportArgumentType]
                )
                producer.poll(0)
    assert producer.flush(20) == 0
