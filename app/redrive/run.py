"""Doing it: a copy on the raw log and the letter closed, in one transaction."""

from __future__ import annotations

from typing import Protocol

from app.core.dead_letter import closing_headers
from app.core.undecodable import Undecodable
from app.core.webhook import Headers, Place, RawRecord
from app.errors import UserError
from app.kafka.log import Progress
from app.kafka.partition import partition_of
from app.kafka.topics import Topics
from app.kafka.transactional import TakenOver
from app.read.dead_letters import Letter
from app.read.progress import Meter, extent
from app.read.reader import Reader
from app.redrive.choice import Choice
from app.redrive.outcome import Left, Outcome
from app.redrive.survey import chosen_letters, survey
from app.redrive.today import Today

TOGETHER = 500  # letters of a transaction
_TOGETHER_BYTES = 8 * 1024 * 1024


class Writer(Protocol):
    """`app.kafka.transactional.TransactionalWriter`, which documents each, or its twin in
    memory.
    """

    def take_over(self, topic: str, /) -> None: ...

    def write(
        self, topic: str, partition: int, key: bytes, value: bytes, headers: Headers
    ) -> None: ...

    def settle(self) -> list[Place]: ...

    def commit(self) -> None: ...


def writer_name(topics: Topics) -> str:
    """Of the one redrive that an installation may have at a time."""
    return f"{topics.prefix}hookline-redrive"


class Redrive:
    """One run. Whatever instruction it is killed at, each letter is either open, and nothing was
    appended for it, or closed, and its copy is on the raw log, once: a new run goes on. Of two at
    once the later one ends the earlier.
    """

    def __init__(
        self,
        reader: Reader,
        topics: Topics,
        today: Today,
        writer: Writer,
        *,
        together: int = TOGETHER,
    ) -> None:
        self._reader = reader
        self._topics = topics
        self._today = today
        self._writer = writer
        self._together = together
        self._partitions = reader.partitions(topics.raw)
        self._outcome = Outcome()

    def run(self, choice: Choice, progress: Progress | None = None) -> Outcome:
        """Raises UserError where Kafka refuses, or has ended this run for another."""
        try:
            self._run(choice, progress)
        except TakenOver:
            raise UserError(
                f"Kafka has ended this redrive after {self._outcome.redriven:,} letters: "
                "another has begun since, or this one stood still for too long.",
                "No letter is lost or redriven twice. Run it again when no other runs.",
            ) from None
        return self._outcome

    def _run(self, choice: Choice, progress: Progress | None) -> None:
        topic = self._topics.dead
        self._writer.take_over(topic)  # before any letter is read: none is closed behind our back
        spans = self._reader.spans(topic)
        meter = Meter(progress, 2 * extent(spans.values()))
        told = meter.part(*spans.values())
        found = survey(self._reader, topic, spans, choice, self._today, told)
        self._outcome.closed_before = found.closed
        left = Left()
        batch: list[tuple[Letter, RawRecord]] = []
        size = 0
        told = meter.part(*spans.values())
        for one in chosen_letters(self._reader, topic, found, told):
            try:
                batch.append((one, self._today.copy(one)))
            except Undecodable as why:
                left.add(one, why)
                continue
            size += len(one.body)
            if len(batch) >= self._together or size >= _TOGETHER_BYTES:
                self._commit(batch)
                batch, size = [], 0
        if batch:
            self._commit(batch)
        self._outcome.remaining = left.all()

    def _commit(self, batch: list[tuple[Letter, RawRecord]]) -> None:
        for _, copy in batch:
            partition = partition_of(copy.key, self._partitions)
            key = copy.key.encode()
            self._writer.write(self._topics.raw, partition, key, copy.body, copy.headers())
        for (one, _), place in zip(batch, self._writer.settle(), strict=True):
            headers = closing_headers([(name, v.encode()) for name, v in one.headers], place)
            self._writer.write(self._topics.dead, one.partition, one.key.encode(), b"", headers)
        self._writer.settle()
        self._writer.commit()
        self._outcome.redriven += len(batch)
