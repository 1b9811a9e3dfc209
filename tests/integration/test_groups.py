"""Offsets of a group that commits them in transactions, read while it does."""

from __future__ import annotations

from confluent_kafka import Consumer, Producer, TopicPartition

from app.kafka.connection import Connection
from app.kafka.groups import committed
from app.kafka.topics import Topics


def test_offsets_are_told_while_a_transaction_is_about_to_change_them(
    kafka: str, topics: Topics
) -> None:
    group, place = f"{topics.prefix}a-group", TopicPartition(topics.raw, 0)
    producer = Producer({"bootstrap.servers": kafka, "transactional.id": f"{topics.prefix}it"})
    consumer = Consumer({"bootstrap.servers": kafka, "group.id": group})
    consumer.assign([place])
    producer.init_transactions(10)
    for offset in (5, 9):
        producer.begin_transaction()
        at = TopicPartition(topics.raw, 0, offset)
        producer.send_offsets_to_transaction([at], consumer.consumer_group_metadata(), 10)
        if offset == 5:
            producer.commit_transaction(10)
    assert committed(Connection(kafka), group, topics.raw, [0])[0].offset == 5
    producer.abort_transaction(10)
    consumer.close()
