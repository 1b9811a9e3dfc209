"""Appending records to chosen partitions, and waiting until the brokers hold them."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from confluent_kafka import KafkaError, Message, Producer

from app.errors import UserError
from app.kafka.connection import Connection
from app.kafka.in_order import IN_ORDER
from app.kafka.topics import max_message_bytes

_TIMEOUT_MS = 60_000
_POLL_S = 0.1


class Writer:
    """`write` queues; `settle` returns when all of it is acknowledged (acks=all)."""

    def __init__(self, kafka: Connection) -> None:
        self._kafka = kafka
        self._failure: str | None = None
        self._producer = Producer(
            {
                **kafka.librdkafka(),
                "client.id": "hookline-writer",
                **IN_ORDER,
                "linger.ms": 20,
                "message.max.bytes": max_message_bytes(),
                "message.timeout.ms": _TIMEOUT_MS,
                "log_level": 0,
                "on_delivery": self._delivered,
            }
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._producer.purge()
        self._producer.flush(_POLL_S)

    def write(self, topic: str, partition: int, key: bytes, value: bytes | None) -> None:
        while True:
            try:
                self._producer.produce(topic, value, key, partition)
            except BufferError:
                self._producer.poll(_POLL_S)  # until there is room
            else:
                self._producer.poll(0)
                return

    def settle(self) -> None:
        """Raises UserError where a record was not taken."""
        while self._producer.flush(_POLL_S):
            pass  # a Ctrl-C gets through between
        if self._failure is not None:
            raise UserError(
                f"The Kafka at {self._kafka} did not take a record: {self._failure}.",
                "The broker's log says more. What was written is not whole: begin anew.",
            )

    def _delivered(self, error: KafkaError | None, message: Message) -> None:
        if error is not None and self._failure is None:
            self._failure = f"{message.topic()}: {error.str()}"
