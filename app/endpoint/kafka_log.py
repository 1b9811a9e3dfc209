"""The raw log in Kafka, by librdkafka: acks=all, and an answer within the budget.

Not idempotent: librdkafka then takes the acknowledgement of a later record for that of an earlier
one (`IMPLICITACK`), and brokers acknowledge a later one without the earlier where they do not know
the producer yet: a new endpoint, a leader that is just being elected. The earlier was lost so, and
answered with 200. A retry may write a record twice instead, which the folds do not mind.

Everything happens on the event loop: while records are under way it asks librdkafka for their
acknowledgements every millisecond, and one such look settles all that have come. No thread stands
between, so none has to be woken, and nothing is locked.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from app.core.webhook import RawRecord
from app.endpoint.errors import KafkaAway, KafkaRefused, Overloaded
from app.endpoint.log import Position
from app.kafka.away import in_words, turns_away
from app.kafka.connection import Connection

LINGER_MS = 1
MAX_WAITING_RECORDS = 100_000
MAX_WAITING_KIB = 64 * 1024
_LOOK_S = 0.001
_IDLE_LOOK_S = 1.0
_CLOSE_S = 0.5

_LIBRDKAFKA_S = 0.5

# Whatever else goes wrong is not the record's fault, and may be over when it is sent again: so with
# INVALID_TIMESTAMP, and INVALID_RECORD where a batch has several of them, which say that this
# machine's clock is fast.
_THE_RECORD_ITSELF = frozenset(
    {
        KafkaError.MSG_SIZE_TOO_LARGE,
        KafkaError.INVALID_MSG,
        KafkaError._BAD_MSG,
        KafkaError._INVALID_ARG,
    }
)


def producer_config(kafka: Connection, *, ack_timeout_s: float, max_message: int) -> dict[str, Any]:
    """librdkafka's settings. A record that is not acknowledged within the budget is spooled, and
    librdkafka gives it up soon after; it may have arrived all the same.
    """
    return {
        **kafka.librdkafka(),
        "client.id": "hookline-endpoint",
        "acks": "all",
        "enable.idempotence": False,
        # A broker answers those of a connection one by one. What waits meanwhile is sent together,
        # for 12 % less CPU than with five under way, and 30 % less than with any number.
        "max.in.flight.requests.per.connection": 2,
        "partitioner": "murmur2_random",  # of records with keys: the one of Java's clients
        "linger.ms": LINGER_MS,
        "message.timeout.ms": round(max(1.0, ack_timeout_s + _LIBRDKAFKA_S) * 1_000),
        "message.max.bytes": max_message,
        "batch.size": 256 * 1024,
        "compression.type": "lz4",
        "queue.buffering.max.messages": MAX_WAITING_RECORDS,
        "queue.buffering.max.kbytes": MAX_WAITING_KIB,
        "reconnect.backoff.ms": 50,
        "reconnect.backoff.max.ms": 500,  # a Kafka that is back is found at once
        "socket.connection.setup.timeout.ms": 2_000,
        "topic.metadata.refresh.interval.ms": 10_000,
        "log_level": 2,  # its errors reach `on_error`
    }


class _Pending:
    """A record under way: who waits for it, and until when; past that, who waits for its fate."""

    __slots__ = ("deadline", "fate", "future")

    def __init__(self, future: asyncio.Future[Position], deadline: float) -> None:
        self.future = future
        self.deadline = deadline
        self.fate: asyncio.Future[bool] | None = None

    @property
    def is_acknowledged(self) -> bool:
        future = self.future
        return future.done() and not future.cancelled() and future.exception() is None

    def expire(self, *, silent: bool) -> None:
        """The budget is used up; librdkafka goes on with it for a moment."""
        self.fate = self.future.get_loop().create_future()
        self.future.set_exception(KafkaAway(self.fate, silent=silent))

    def give_up(self) -> None:
        if not self.future.done():
            self.future.set_exception(KafkaAway())
        if self.fate is not None and not self.fate.done():
            self.fate.set_result(False)

    def delivered(self, error: KafkaError | None, message: Message) -> None:
        position = None if error is not None else _position(message)
        if self.future.done():  # its budget is used up, or its task is gone
            if self.fate is not None and not self.fate.done():
                self.fate.set_result(position is not None)
        elif position is not None:
            self.future.set_result(position)
        elif error is not None and error.code() in _THE_RECORD_ITSELF:
            self.future.set_exception(KafkaRefused(error.name()))
        else:
            self.future.set_exception(KafkaAway())


def _position(message: Message) -> Position | None:
    """Where the brokers say that it lies. Without that it is not known to lie anywhere."""
    topic, partition, offset = message.topic(), message.partition(), message.offset()
    if topic is None or partition is None or offset is None or offset < 0:
        return None
    return Position(topic, partition, offset)


class KafkaLog:
    """To be made and used on a running event loop.

    `on_error` is told what librdkafka reports.
    """

    def __init__(
        self,
        config: dict[str, Any],
        topic: str,
        ack_timeout_s: float,
        on_error: Callable[[str], None] = lambda _what: None,
    ) -> None:
        self.topic = topic
        self._timeout = ack_timeout_s
        self._on_error = on_error
        self.producer = Producer({**config, "error_cb": self._error})
        self._pending: deque[_Pending] = deque()  # oldest first
        self._loop = asyncio.get_running_loop()
        self._timer = self._loop.call_later(_IDLE_LOOK_S, self._look)
        self._idle = True

    @property
    def waiting(self) -> int:
        """Records for which the answer is still open; at most a few that are answered."""
        return len(self._pending)

    def append(self, record: RawRecord) -> asyncio.Future[Position]:
        future = self._loop.create_future()
        pending = _Pending(future, self._loop.time() + self._timeout)
        try:
            self.producer.produce(
                self.topic,
                record.body,
                record.key,
                headers=record.headers(),  # pyright: ignore[reportArgumentType]
                on_delivery=pending.delivered,
            )
        except BufferError:
            raise Overloaded from None
        except KafkaException as error:
            if error.args[0].code() not in _THE_RECORD_ITSELF:
                raise KafkaAway from None
            raise KafkaRefused(error.args[0].name()) from None
        self._pending.append(pending)
        if self._idle:
            self._idle = False
            self._timer.cancel()
            self._timer = self._loop.call_later(_LOOK_S, self._look)
        return future

    async def close(self) -> None:
        """What has not been acknowledged within half a second is given up."""
        until = self._loop.time() + _CLOSE_S
        while len(self.producer) and self._loop.time() < until:
            await asyncio.sleep(0.005)
        self._timer.cancel()
        self.producer.purge()
        self.producer.poll(0)
        for pending in self._pending:
            pending.give_up()

    def _look(self) -> None:
        self.producer.poll(0)
        pending = self._pending
        now = self._loop.time()
        silent: bool | None = None
        while pending:
            oldest = pending[0]
            if not oldest.future.done():
                if oldest.deadline > now:
                    break
                if silent is None:  # those behind it are younger
                    silent = not any(younger.is_acknowledged for younger in pending)
                oldest.expire(silent=silent)
            pending.popleft()
        self._idle = not pending
        self._timer = self._loop.call_later(_IDLE_LOOK_S if self._idle else _LOOK_S, self._look)

    def _error(self, error: KafkaError) -> None:
        self._on_error(in_words(error) if turns_away(error) else error.name())
