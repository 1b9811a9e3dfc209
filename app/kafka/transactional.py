"""Appending records to several topics in transactions: all of one are seen, or none."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from types import TracebackType
from typing import Any, NamedTuple, Self, TypeVar, cast

from confluent_kafka import KafkaError, KafkaException, Message, Producer, TopicPartition

from app.core.webhook import Headers, Place
from app.errors import UserError
from app.kafka.away import forbidden, is_forbidden
from app.kafka.connection import Connection
from app.kafka.groups import group_metadata
from app.kafka.in_order import IN_ORDER
from app.kafka.log import Log

T = TypeVar("T")

# The broker ends a transaction that takes longer. Readers of its topics wait as long for what lies
# behind it when its writer was killed: here, workers for webhooks.
_TRANSACTION_S = 10
PATIENCE_S = 120.0
_ASK_S = 10.0  # one question to the broker; a Ctrl-C gets through after it
_POLL_S = 0.1
_TAKEN_OVER = frozenset(
    {
        KafkaError._FENCED,
        KafkaError.INVALID_PRODUCER_EPOCH,
        KafkaError.PRODUCER_FENCED,
        KafkaError.INVALID_PRODUCER_ID_MAPPING,
    }
)
_SILENT = logging.getLogger("hookline.librdkafka")  # it logs what it also raises
_SILENT.addHandler(logging.NullHandler())
_SILENT.propagate = False


class TakenOver(Exception):
    """Another writer of the same name has begun: of this one nothing is committed any more."""


class Passed(NamedTuple):
    """How far a group has come in a topic: by partition, the offset to go on from."""

    group: str
    topic: str
    offsets: Mapping[int, int]


class TransactionalWriter:
    """The only one of its `name` on a cluster: whoever takes over last has ended all others.
    `patience_s` is for whatever it waits for.
    """

    def __init__(
        self, kafka: Connection, name: str, *, max_message: int, patience_s: float = PATIENCE_S
    ) -> None:
        self._kafka = kafka
        self._patience = patience_s
        self._open = False
        self._places: list[Place | None] = []
        self._failure: str | None = None
        self._groups: dict[str, Any] = {}
        self._producer = Producer(
            {
                **kafka.librdkafka(),
                "client.id": "hookline-writer",
                "transactional.id": name,
                "transaction.timeout.ms": _TRANSACTION_S * 1_000,
                "message.timeout.ms": _TRANSACTION_S * 1_000,
                "message.max.bytes": max_message,
                **IN_ORDER,
                "compression.type": "lz4",
                "linger.ms": 5,
            },
            logger=_SILENT,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """What is not committed is as if it had never been."""
        self._producer.purge()
        with suppress(KafkaException):  # then the broker ends it, or the next to take over
            if self._open:
                self._producer.abort_transaction(_ASK_S)
            self._producer.flush(_POLL_S)

    def take_over(self, *topics: str, partition: int | None = None) -> None:
        """End all others of this name. When this returns, whatever they committed to the topics (to
        one partition of them, if it is given) can be read, and no more of theirs will come. Raises
        UserError where Kafka refuses.
        """
        self._ask(lambda: self._producer.init_transactions(_ASK_S))
        self.until_readable(*topics, partition=partition)

    def until_readable(self, *topics: str, partition: int | None = None) -> None:
        """Return when readers see what was committed to the topics: a moment after it was."""
        if topics:
            _wait_until_readable(self._kafka, topics, partition, self._patience)

    def write(
        self,
        topic: str,
        partition: int,
        key: bytes | None,
        value: bytes | None,
        headers: Headers | None = None,
        timestamp_ms: int = 0,
    ) -> None:
        """Append to the transaction that is open, or to a new one. A value of None is a tombstone,
        a timestamp of 0 is now.
        """
        self._begin()
        delivered = partial(self._delivered, len(self._places))
        self._places.append(None)
        while True:
            try:
                self._ask(
                    lambda: self._producer.produce(
                        topic,
                        value,
                        key,
                        partition,
                        timestamp=timestamp_ms,
                        headers=headers or [],  # pyright: ignore[reportArgumentType]
                        on_delivery=delivered,
                    )
                )
            except BufferError:
                self._ask(lambda: self._producer.poll(_POLL_S))  # until there is room
            else:
                self._ask(lambda: self._producer.poll(0))
                return

    def settle(self) -> list[Place]:
        """Where the records lie that were written since this was last called, when the brokers
        hold all of them.
        """
        while self._ask(lambda: self._producer.flush(_POLL_S)):
            pass  # a Ctrl-C gets through between
        places, self._places = self._places, []
        if self._failure is not None:
            self._ask(lambda: self._producer.abort_transaction(_ASK_S))
            raise _refused(self._kafka, self._failure)
        return cast("list[Place]", places)

    def commit(self, passed: Passed | None = None) -> None:
        """When this returns, all that was written will be seen by readers of what is committed;
        and how far the group has `passed` what it was made of is committed with it.
        """
        if passed is not None:
            self._begin()
            self._send(passed)
        self._ask(lambda: self._producer.commit_transaction(_ASK_S))
        self._open = False

    def _begin(self) -> None:
        if not self._open:
            self._ask(self._producer.begin_transaction)
            self._open = True

    def _send(self, passed: Passed) -> None:
        parts = [TopicPartition(passed.topic, *one) for one in passed.offsets.items()]
        if passed.group not in self._groups:
            self._groups[passed.group] = group_metadata(self._kafka, passed.group)
        group = self._groups[passed.group]
        self._ask(lambda: self._producer.send_offsets_to_transaction(parts, group, _ASK_S))

    def _delivered(self, number: int, error: KafkaError | None, message: Message) -> None:
        if error is None:
            self._places[number] = cast(int, message.partition()), cast(int, message.offset())
        elif self._failure is None:
            self._failure = f"{message.topic()}: {error.str()}"

    def _code(self, error: KafkaError) -> int:
        """What is wrong; of a producer that is of no more use, what made it so: it says that
        when it is polled.
        """
        if error.code() == KafkaError._FATAL:
            try:
                self._producer.poll(0)
            except KafkaException as fatal:
                return fatal.args[0].code()
        return error.code()

    def _ask(self, question: Callable[[], T]) -> T:
        """Again, where Kafka may yet answer. Raises TakenOver, or UserError where it refuses."""
        deadline = time.monotonic() + self._patience
        while True:
            try:
                return question()
            except KafkaException as error:
                cause = error.args[0]
                if self._code(cause) in _TAKEN_OVER:
                    raise TakenOver from error
                if is_forbidden(cause.code()):
                    raise forbidden(self._kafka, cause.str()) from error
                if not cause.retriable() or time.monotonic() > deadline:
                    raise _refused(self._kafka, cause.str()) from error


def _refused(kafka: Connection, why: str) -> UserError:
    return UserError(
        f"The Kafka at {kafka} did not take a transaction: {why}.",
        "The broker's log says more. What was committed before stays; begin again.",
    )


def _wait_until_readable(
    kafka: Connection, topics: Sequence[str], partition: int | None, patience_s: float
) -> None:
    """Until what the topics hold now is no longer behind a transaction that is open: readers of
    what is committed see nothing that lies behind the first of such.
    """
    with Log(kafka, uncommitted=True) as log:
        written = _ends(log, topics, partition)
    deadline = time.monotonic() + patience_s
    with Log(kafka) as log:
        while True:
            readable = _ends(log, topics, partition)
            behind = [place for place in written if readable[place] < written[place]]
            if not behind:
                return
            if time.monotonic() > deadline:
                topic, number = behind[0]
                raise UserError(
                    f"A transaction on {topic}, partition {number}, does not end.",
                    "See whether the worker runs, and what the broker's log says of it.",
                )
            time.sleep(_POLL_S)


def _ends(log: Log, topics: Sequence[str], partition: int | None) -> dict[tuple[str, int], int]:
    if partition is not None:
        return {(topic, partition): log.span(topic, partition).end for topic in topics}
    return {
        (topic, number): span.end for topic in topics for number, span in log.spans(topic).items()
    }
