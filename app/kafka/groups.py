"""How far a consumer group has come: the offsets that it committed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from confluent_kafka import Consumer, KafkaException, TopicPartition

from app.errors import UserError
from app.kafka.topics import Topics

_TIMEOUT_S = 10.0
_NO_OFFSET = -1


class Committed(NamedTuple):
    """The offset to go on from, and the text that was committed with it."""

    offset: int
    note: str


def worker_group(topics: Topics) -> str:
    """The group that the workers of an installation share."""
    return f"{topics.prefix}hookline-worker"


def committed(bootstrap: str, group: str, topic: str, partitions: int) -> dict[int, Committed]:
    """What a group has committed, by partition; those it never committed are left out."""
    asked = [TopicPartition(topic, number) for number in range(partitions)]
    with _group(bootstrap, group) as consumer:
        found = consumer.committed(asked, timeout=_TIMEOUT_S)
    return {
        part.partition: Committed(part.offset, part.metadata or "")
        for part in found
        if part.offset > _NO_OFFSET
    }


def commit(
    bootstrap: str, group: str, topic: str, offsets: Mapping[int, int], note: str = ""
) -> None:
    """Commit for a group that has no member now."""
    parts = [TopicPartition(topic, number, at, note) for number, at in offsets.items()]
    with _group(bootstrap, group) as consumer:
        consumer.commit(offsets=parts, asynchronous=False)


@contextmanager
def _group(bootstrap: str, group: str) -> Iterator[Consumer]:
    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap,
            "client.id": "hookline-log",
            "group.id": group,
            "enable.auto.commit": False,
            "log_level": 0,
        }
    )
    try:
        yield consumer
    except KafkaException as error:
        raise UserError(
            f"The Kafka at {bootstrap} does not answer for the group {group}: "
            f"{error.args[0].str()}.",
            "See that it runs, and that no worker of that group does.",
        ) from error
    finally:
        consumer.close()
