"""The client that reads topics as logs: how it is set, how it waits, and what its errors mean.

librdkafka reads, because it was measured (records of 600 bytes with 7 headers, 2 cores shared
with the broker): 230,000 records/s at 0.45 CPU s per 100,000, against 64,000 and 1.5 of
kafka-python, and it needs no further package for compressed batches.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from app.errors import UserError
from app.kafka.away import forbidden, is_forbidden, silent
from app.kafka.connection import Connection
from app.kafka.ungrouped import heard

T = TypeVar("T")

_SETTLING = frozenset(
    {
        KafkaError.NOT_LEADER_FOR_PARTITION,
        KafkaError.LEADER_NOT_AVAILABLE,
        KafkaError.REPLICA_NOT_AVAILABLE,
        KafkaError.UNKNOWN_TOPIC_OR_PART,
    }
)
TIMEOUT_S = 5.0
_STALLED_S = 20.0
_WAIT_S = 0.1  # between looks for a Ctrl-C
_BATCH = 10_000
MIB = 1024 * 1024


class LogClient:
    """Of no group; it commits nothing. Messages are of what it was last given (`assign`).

    `wait_ms`: how long the broker waits for records where there are none. Meanwhile it takes no
    other request of the connection, so this is what each end of a partition costs that is reached,
    and each turn to another.
    """

    def __init__(
        self, kafka: Connection, *, fetch_bytes: int, uncommitted: bool, wait_ms: int
    ) -> None:
        self._kafka = kafka
        self._unreachable = False
        self._closed = False
        self._consumer = Consumer(
            {
                **kafka.librdkafka(),
                "client.id": "hookline-log",
                "group.id": "hookline-log",  # demanded, never joined
                "enable.auto.commit": False,
                "enable.auto.offset.store": False,
                "auto.offset.reset": "earliest",
                "enable.partition.eof": True,
                "isolation.level": "read_uncommitted" if uncommitted else "read_committed",
                "check.crcs": False,
                "fetch.message.max.bytes": fetch_bytes,
                "fetch.max.bytes": 8 * MIB,
                "queued.max.messages.kbytes": 8 * fetch_bytes // 1024,
                "fetch.wait.max.ms": wait_ms,
                "fetch.queue.backoff.ms": 5,  # the default second is most of the time of a scan
                "socket.connection.setup.timeout.ms": 5_000,
                "log_level": 0,
                "error_cb": self._on_error,
            }
        )

    def close(self) -> None:
        self._closed = True
        self._consumer.close()

    def ask(self, question: Callable[[Consumer], T]) -> T:
        """The broker's answer; a partition that is just being set up is asked again. Raises
        UserError where there is none in time (`TIMEOUT_S`), or it is forbidden.
        """
        deadline = time.monotonic() + TIMEOUT_S
        while True:
            try:
                return question(self._consumer)
            except KafkaException as error:
                if error.args[0].code() not in _SETTLING or time.monotonic() > deadline:
                    cause = error.args[0]
                    if is_forbidden(cause.code()):
                        raise forbidden(self._kafka, cause.str()) from error
                    raise silent(self._kafka) from error
            time.sleep(_WAIT_S)

    def assign(self, partitions: list[TopicPartition]) -> None:
        """From these offsets on."""
        self._unreachable = False
        self._consumer.assign(partitions)

    def let_go(self, partition: TopicPartition) -> None:
        self._consumer.incremental_unassign([partition])

    def release(self) -> None:
        """All of them."""
        if not self._closed:  # a reading that is given up may end after its reader
            self._consumer.unassign()

    def batch(self) -> list[Message]:
        """What has come, at least one message. Raises UserError when the broker is away."""
        deadline = time.monotonic() + _STALLED_S
        while not (messages := self.next()):
            if self._unreachable and time.monotonic() > deadline:
                raise silent(self._kafka)
        self._unreachable = False
        return messages

    def next(self) -> list[Message]:
        """What has come, or nothing after a moment."""
        return heard(self._consumer.consume(_BATCH, 0) or self._wait())

    def _wait(self) -> list[Message]:
        message = self._consumer.poll(_WAIT_S)
        return [] if message is None else [message]

    def is_end(self, message: Message) -> bool:
        """Whether it only says that the end of a partition was reached. Raises UserError for one
        that says that nothing can be read.
        """
        error = message.error()
        if error is None:
            return False
        if error.code() == KafkaError._PARTITION_EOF:
            return True
        if is_forbidden(error.code()):
            raise forbidden(self._kafka, f"{message.topic()}: {error.str()}")
        raise UserError(
            f"Reading {message.topic()} from the Kafka at {self._kafka} failed: {error.str()}.",
            "The broker's log says more.",
        )

    def _on_error(self, error: KafkaError) -> None:
        if error.code() == KafkaError._ALL_BROKERS_DOWN:
            self._unreachable = True
