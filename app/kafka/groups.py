"""How far a consumer group has come: the offsets that it committed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, TypeVar

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient  # pyright: ignore[reportPrivateImportUsage]

from app.errors import UserError
from app.kafka.away import forbidden, is_forbidden
from app.kafka.connection import Connection
from app.kafka.topics import Topics

_TIMEOUT_S = 10.0
_WAIT_S = 0.1
_NO_OFFSET = -1
_SOON = frozenset(
    {
        KafkaError.NOT_COORDINATOR,
        KafkaError.COORDINATOR_NOT_AVAILABLE,
        KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
        KafkaError.UNSTABLE_OFFSET_COMMIT,
    }
)

T = TypeVar("T")


class Committed(NamedTuple):
    """The offset to go on from, and the text that was committed with it."""

    offset: int
    note: str


def worker_group(topics: Topics) -> str:
    """The group that the workers of an installation share."""
    return f"{topics.prefix}hookline-worker"


def copy_group(new: Topics) -> str:
    """The group, and the transactional id, of the copy into an installation from another."""
    return f"{new.prefix}hookline-copy"


def committed(
    kafka: Connection,
    group: str,
    topic: str,
    partitions: Iterable[int],
    *,
    at_rest: bool = False,
) -> dict[int, Committed]:
    """What a group has committed of some partitions; those it never committed are left out.

    Of a transaction that is about to end, the offsets before it; `at_rest` waits for its end, and
    raises UserError where that does not come: of whoever sleeps in one, until it is taken over.
    """
    asked = [TopicPartition(topic, number) for number in partitions]
    found = _ask(
        kafka, group, lambda client: client.committed(asked, timeout=_TIMEOUT_S), at_rest=at_rest
    )
    return {
        part.partition: Committed(part.offset, part.metadata or "")
        for part in found
        if part.offset > _NO_OFFSET
    }


def commit(
    kafka: Connection, group: str, topic: str, offsets: Mapping[int, int], note: str = ""
) -> None:
    """Commit for a group that has no member now."""
    parts = [TopicPartition(topic, number, at, note) for number, at in offsets.items()]
    _ask(kafka, group, lambda client: client.commit(offsets=parts, asynchronous=False))


def members(kafka: Connection, group: str) -> int:
    """How many consumers are in a group: none where nobody ever was."""
    admin = AdminClient({**kafka.librdkafka(), "client.id": "hookline-admin", "log_level": 0})

    def described() -> int:
        asked = admin.describe_consumer_groups([group], request_timeout=_TIMEOUT_S)
        return len(asked[group].result().members)

    return _answer(kafka, group, described)


def group_metadata(kafka: Connection, group: str) -> Any:
    """What a transaction takes that commits offsets for a group that has no member."""
    consumer = _consumer(kafka, group)
    try:
        return consumer.consumer_group_metadata()
    finally:
        consumer.close()


def _consumer(kafka: Connection, group: str, *, at_rest: bool = False) -> Consumer:
    return Consumer(
        {
            **kafka.librdkafka(),
            "client.id": "hookline-log",
            "group.id": group,
            "enable.auto.commit": False,
            # Else it asks for offsets that no transaction is about to change, and under load there
            # is always one that is. These are committed, too: the ones before it.
            "isolation.level": "read_committed" if at_rest else "read_uncommitted",
            "log_level": 0,
        }
    )


def _ask(
    kafka: Connection, group: str, question: Callable[[Consumer], T], *, at_rest: bool = False
) -> T:
    consumer = _consumer(kafka, group, at_rest=at_rest)
    try:
        return _answer(kafka, group, lambda: question(consumer))
    finally:
        consumer.close()


def _answer(kafka: Connection, group: str, question: Callable[[], T]) -> T:
    """Of the group's coordinator; a broker that has just become it is given a moment."""
    deadline = time.monotonic() + _TIMEOUT_S
    while True:
        try:
            return question()
        except KafkaException as error:
            if error.args[0].code() not in _SOON or time.monotonic() > deadline:
                if is_forbidden(error.args[0].code()):
                    raise forbidden(kafka, f"{group}: {error.args[0].str()}") from error
                raise _no_answer(kafka, group, error) from error
            time.sleep(_WAIT_S)


def _no_answer(kafka: Connection, group: str, error: KafkaException) -> UserError:
    return UserError(
        f"The Kafka at {kafka} does not answer for the group {group}: {error.args[0].str()}.",
        "See that it runs, and that no worker of that group does.",
    )
