"""Appending records to several topics in transactions: all of one are seen, or none."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from types import TracebackType
from typing import Self, cast

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition

from app.core.webhook import Headers, Place
from app.errors import UserError

_TRANSACTION_S = 60  # the broker ends one that takes longer
_PATIENCE_S = 2 * _TRANSACTION_S
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


class TransactionalWriter:
    """The only one of its `name` on a cluster: whoever takes over last has ended all others."""

    def __init__(self, bootstrap: str, name: str, *, max_message: int) -> None:
        self._bootstrap = bootstrap
        self._open = False
        self._places: list[Place | None] = []
        self._failure: str | None = None
        self._producer = Producer(
            {
                "bootstrap.servers": bootstrap,
                "client.id": "hookline-writer",
                "transactional.id": name,
                "transaction.timeout.ms": _TRANSACTION_S * 1_000,
                "message.timeout.ms": _TRANSACTION_S * 1_000,
                "message.max.bytes": max_message,
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
        if self._open:
            with suppress(KafkaException):  # then the broker ends it, or the next to take over
                self._producer.abort_transaction(_ASK_S)
        self._producer.flush(_POLL_S)

    def take_over(self, topic: str) -> None:
        """End all others of this name. When this returns, whatever they committed to the topic can
        be read, and no more of theirs will come. Raises UserError where Kafka refuses.
        """
        self._ask(lambda: self._producer.init_transactions(_ASK_S))
        _wait_until_readable(self._bootstrap, topic)

    def write(self, topic: str, partition: int, key: bytes, value: bytes, headers: Headers) -> None:
        """Append to the transaction that is open, or to a new one."""
        if not self._open:
            self._ask(self._producer.begin_transaction)
            self._open = True
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
                        headers=headers,  # pyright: ignore[reportArgumentType]
                        on_delivery=delivered,
                    )
                )
            except BufferError:
                self._producer.poll(_POLL_S)  # until there is room
            else:
                self._producer.poll(0)
                return

    def settle(self) -> list[Place]:
        """Where the records lie that were written since this was last called, when the brokers
        hold all of them.
        """
        while self._producer.flush(_POLL_S):
            pass  # a Ctrl-C gets through between
        places, self._places = self._places, []
        if self._failure is not None:
            self._ask(lambda: self._producer.abort_transaction(_ASK_S))
            raise _refused(self._bootstrap, self._failure)
        return cast("list[Place]", places)

    def commit(self) -> None:
        """When this returns, all that was written is seen by readers of what is committed."""
        self._ask(lambda: self._producer.commit_transaction(_ASK_S))
        self._open = False

    def _delivered(self, number: int, error: KafkaError | None, message: Message) -> None:
        if error is None:
            self._places[number] = cast(int, message.partition()), cast(int, message.offset())
        elif self._failure is None:
            self._failure = f"{message.topic()}: {error.str()}"

    def _ask(self, question: Callable[[], object]) -> None:
        """Again, where Kafka may yet answer. Raises TakenOver, or UserError where it refuses."""
        deadline = time.monotonic() + _PATIENCE_S
        while True:
            try:
                question()
            except KafkaException as error:
                cause = error.args[0]
                if cause.code() in _TAKEN_OVER:
                    raise TakenOver from error
                if not cause.retriable() or time.monotonic() > deadline:
                    raise _refused(self._bootstrap, cause.str()) from error
            else:
                return


def _refused(bootstrap: str, why: str) -> UserError:
    return UserError(
        f"The Kafka at {bootstrap} did not take a transaction: {why}.",
        "The broker's log says more. What was committed before stays; begin again.",
    )


def _wait_until_readable(bootstrap: str, topic: str) -> None:
    """Until what the topic holds now is no longer behind a transaction that is open: readers of
    what is committed see nothing that lies behind the first of such.
    """
    written = _ends(bootstrap, topic, "read_uncommitted")
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        readable = _ends(bootstrap, topic, "read_committed")
        behind = [number for number, end in written.items() if readable[number] < end]
        if not behind:
            return
        if time.monotonic() > deadline:
            raise UserError(
                f"A transaction on {topic}, partition {behind[0]}, does not end.",
                "See whether the worker runs, and what the broker's log says of it.",
            )
        time.sleep(_POLL_S)


def _ends(bootstrap: str, topic: str, isolation: str) -> dict[int, int]:
    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap,
            "client.id": "hookline-log",
            "group.id": "hookline-log",  # demanded, never joined
            "isolation.level": isolation,
        },
        logger=_SILENT,
    )
    try:
        partitions = consumer.list_topics(topic, timeout=_ASK_S).topics[topic].partitions
        return {
            number: consumer.get_watermark_offsets(TopicPartition(topic, number), timeout=_ASK_S)[1]
            for number in partitions
        }
    except KafkaException as error:
        raise _refused(bootstrap, error.args[0].str()) from error
    finally:
        consumer.close()
