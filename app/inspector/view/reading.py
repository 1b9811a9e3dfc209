"""What the followed topics say, as batches for the view."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Self, cast

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, Message, TopicPartition

from app.core.projection import Table
from app.core.rows import Codec
from app.inspector.view.cluster import Away
from app.inspector.view.indexed import indexed
from app.inspector.view.row_writer import NewRow
from app.inspector.view.writer import Batch, Places
from app.kafka.record import record_of
from app.kafka.topics import Topics
from app.log import logger
from app.read.dead_letters import letter
from app.read.decode import NotARow, read_row
from app.read.tables import state_topics, table_of

MOST = 20_000
_FEW_BYTES = 24 * 1024 * 1024
_WAIT_S = 0.05
_QUEUE_KIB = 32_768
_MIB = 1024 * 1024


class Reading:
    """A consumer of its own, of no group. `unreadable` counts values that are no rows."""

    def __init__(self, bootstrap: str, topics: Topics, codecs: Mapping[Table, Codec]) -> None:
        self._tables: dict[str, Table] = {topic: of for of, topic in state_topics(topics).items()}
        self._dead = topics.dead
        self._codecs = codecs
        self._ended: set[tuple[str, int]] = set()
        self._assigned: set[tuple[str, int]] = set()
        self._say = logger("inspector")
        self.unreadable = 0
        self._consumer = Consumer(
            {
                "bootstrap.servers": bootstrap,
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

    def start(self, firsts: Places, places: Places) -> None:
        """Go on at `places`; with what none of them names, from its first record."""
        self._assigned, self._ended = set(firsts), set()
        self._consumer.assign(
            [TopicPartition(*at, places.get(at, OFFSET_BEGINNING)) for at in firsts]
        )

    @property
    def at_the_end(self) -> bool:
        """Whether everything that was there has been read, at some moment since the last start."""
        return self._ended == self._assigned

    def next(self) -> Batch:
        """What there is now, many records while there are many; empty when there is nothing for
        a moment. Raises Away.
        """
        messages = self._messages()
        rows: dict[str, Message] = {}
        batch = Batch()
        for message in messages:
            place = (cast(str, message.topic()), cast(int, message.partition()))
            offset = cast(int, message.offset())
            if self._is_end(message):
                self._ended.add(place)
                batch.places[place] = offset
                continue
            batch.places[place] = offset + 1
            if place[0] == self._dead:
                record = record_of(message)
                batch.letters.append((letter(record), record.timestamp_ms * 1000))
            elif (key := message.key()) is not None:
                rows[cast(bytes, key).decode(errors="replace")] = message
        for key, message in rows.items():
            self._take(batch, key, message)
        return batch

    def _messages(self) -> list[Message]:
        messages: list[Message] = []
        size = 0
        while len(messages) < MOST and size < _FEW_BYTES:
            more = self._consumer.consume(MOST - len(messages), 0) or self._wait()
            if not more:
                break
            messages += more
            size += sum(map(len, more))
            if self.at_the_end and len(more) < MOST:
                break
        return messages

    def _wait(self) -> list[Message]:
        message = self._consumer.poll(_WAIT_S)
        return [] if message is None else [message]

    def _is_end(self, message: Message) -> bool:
        error = message.error()
        if error is None:
            return False
        if error.code() == KafkaError._PARTITION_EOF:
            return True
        raise Away(f"{message.topic()}: {error.str()}")

    def _take(self, batch: Batch, key: str, message: Message) -> None:
        """The newest record of a key. One that is no row leaves none."""
        table, value = self._tables[cast(str, message.topic())], cast(bytes | None, message.value())
        partition, offset = cast(int, message.partition()), cast(int, message.offset())
        try:
            if value is None:
                raise NotARow("it is a tombstone")
            if table_of(key) != table:
                raise NotARow(f"its key is no {table}'s")
            row = read_row(self._codecs[table], value)
            at = indexed(table, key, row)
        except NotARow as why:
            batch.gone.add(key)
            if value is not None:
                self._pass_over(f"{message.topic()} {partition}:{offset}", str(why))
            return
        written_at = message.timestamp()[1] * 1000
        batch.rows.append(NewRow(table, key, partition, offset, written_at, value, at))

    def _pass_over(self, where: str, why: str) -> None:
        self.unreadable += 1
        self._say.warning("a value that is no row is left out", at=where, why=why)
