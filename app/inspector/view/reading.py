"""What the followed topics say, as batches for the view."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Self, cast

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, Message, TopicPartition

from app.core.projection import Table
from app.inspector.view.cluster import Away
from app.inspector.view.freshness import left
from app.inspector.view.row_reader import RowValues
from app.inspector.view.row_writer import NewRow
from app.inspector.view.writer import Batch, Places
from app.kafka.connection import Connection
from app.kafka.record import record_of
from app.kafka.topics import Topics
from app.kafka.ungrouped import heard
from app.log import logger
from app.read.dead_letters import letter
from app.read.decode import NotARow
from app.read.tables import state_topics

MOST = 20_000
_FEW_BYTES = 24 * 1024 * 1024
_WAIT_S = 0.05
_QUEUE_KIB = 32_768
_MIB = 1024 * 1024


class Reading:
    """A consumer of its own, of no group. `unreadable` counts values that are no rows."""

    def __init__(
        self, kafka: Connection, topics: Topics, values: Mapping[Table, RowValues]
    ) -> None:
        self._tables: dict[str, Table] = {topic: of for of, topic in state_topics(topics).items()}
        self._dead = topics.dead
        self._values = values
        self._places: Places = {}
        self._ends: Places = {}
        self._say = logger("inspector")
        self.unreadable = 0
        self._consumer = Consumer(
            {
                **kafka.librdkafka(),
                "client.id": "hookline-inspector",
                "group.id": "hookline-inspector",  # demanded, never joined
                "enable.auto.commit": False,
                "enable.auto.offset.store": False,
                "auto.offset.reset": "earliest",  # letters that have expired meanwhile
                "enable.partition.eof": True,
                "isolation.level": "read_committed",
                "check.crcs": False,
                "fetch.message.max.bytes": _MIB,
                "fetch.wait.max.ms": 100,
                "fetch.queue.backoff.ms": 5,
                "queued.max.messages.kbytes": _QUEUE_KIB,
                "log_level": 0,
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
        self._consumer.close()

    def start(self, firsts: Places, places: Places, ends: Places) -> None:
        """Go on at `places`; with what none of them names, from its first record. `ends` is what
        has to be read to be caught up.
        """
        self._places, self._ends = firsts | places, ends
        self._consumer.assign(
            [TopicPartition(*at, places.get(at, OFFSET_BEGINNING)) for at in firsts]
        )

    @property
    def is_caught_up(self) -> bool:
        """Whether everything that was there at the start has been read."""
        return left(self._ends, self._places) == 0

    def next(self) -> Batch:
        """What there is now, many records while there are many; empty when there is nothing for
        a moment. Raises Away.
        """
        rows: dict[str, Message] = {}
        batch = Batch()
        places = batch.places
        for message in self._messages():
            topic, offset = cast(str, message.topic()), cast(int, message.offset())
            place = (topic, cast(int, message.partition()))
            if message.error() is not None:
                self._must_be_end(message)
                places[place] = offset
                continue
            places[place] = offset + 1
            if topic == self._dead:
                record = record_of(message)
                batch.letters.append((letter(record), record.timestamp_ms * 1000))
            elif (key := message.key()) is not None:
                rows[cast(bytes, key).decode(errors="replace")] = message
        for key, message in rows.items():
            self._take(batch, key, message)
        self._places |= places
        return batch

    def _messages(self) -> list[Message]:
        messages: list[Message] = []
        size, is_live = 0, self.is_caught_up
        while len(messages) < MOST and size < _FEW_BYTES:
            more = heard(self._consumer.consume(MOST - len(messages), 0) or self._wait())
            if not more:
                break
            messages += more
            size += sum(map(len, more))
            if is_live:
                break
        return messages

    def _wait(self) -> list[Message]:
        message = self._consumer.poll(_WAIT_S)
        return [] if message is None else [message]

    def _must_be_end(self, message: Message) -> None:
        """Of a message that is none: it says that the end of a partition was reached."""
        error = message.error()
        if error is None or error.code() != KafkaError._PARTITION_EOF:
            raise Away(f"{message.topic()}: {error.str() if error else 'nothing'}")

    def _take(self, batch: Batch, key: str, message: Message) -> None:
        """The newest record of a key. One that is no row leaves none."""
        value = cast(bytes | None, message.value())
        table = self._tables[cast(str, message.topic())]
        try:
            at = self._values[table].index(_id(table, key), value)
        except NotARow as why:
            batch.gone.add(key)
            if value is not None:
                self._pass_over(f"{message.topic()} {message.partition()}:{message.offset()}", why)
            return
        written_at = message.timestamp()[1] * 1000
        partition, offset = cast(int, message.partition()), cast(int, message.offset())
        batch.rows.append(NewRow(table, key, partition, offset, written_at, value or b"", at))

    def _pass_over(self, where: str, why: NotARow) -> None:
        self.unreadable += 1
        self._say.warning("a value that is no row is left out", at=where, why=str(why))


def _id(table: Table, key: str) -> str:
    """Raises NotARow for a key of another kind."""
    parts = key.split("/", 2)
    if len(parts) != 3 or parts[1] != table:
        raise NotARow(f"its key is no {table}'s: {key!r}")
    return parts[2]
