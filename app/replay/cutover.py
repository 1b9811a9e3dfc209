"""A shadow's rows take the place of the live ones, where these are others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Protocol

import msgspec

from app.core.projection import Table
from app.errors import UserError
from app.kafka.log import Progress
from app.kafka.topics import Topics
from app.kafka.transactional import TakenOver
from app.read.progress import Meter
from app.read.tables import state_topics
from app.replay.beside import Beside
from app.replay.shadow import row_topics
from app.replay.succession import OTHER, Succession, Verdict
from app.replay.successor import Successor
from app.replay.supersede import superseding

_TOGETHER_BYTES = 4 * 1024 * 1024


class Writer(Protocol):
    """`app.kafka.transactional.TransactionalWriter`, which documents each, or its twin in
    memory.
    """

    def take_over(self, *topics: str, partition: int) -> None: ...

    def write(self, topic: str, partition: int, key: bytes, value: bytes | None) -> None: ...

    def settle(self) -> object: ...

    def commit(self) -> None: ...


class Workers(Protocol):
    """Those of the live rows."""

    def at_work(self) -> int:
        """How many are in their group."""
        ...

    def projected(self) -> Mapping[int, int]:
        """How far they have come, by partition; those of which nothing was committed left out."""
        ...


def writer_name(topics: Topics, group: str, partition: int) -> str:
    """That of the worker's own writer of a partition, so that whoever has it last writes alone:
    see `app.faust_batch.transactions.partition_producer`.
    """
    return f"{group}/{topics.raw}/{partition}"


class Outcome(msgspec.Struct, kw_only=True):
    """Rows by verdict; those that were written, by table; segments of ledgers."""

    rows: Counter[Verdict] = msgspec.field(default_factory=Counter)
    written: Counter[Table] = msgspec.field(default_factory=Counter)
    segments: int = 0


class Cutover:
    """One run, while no worker is at work: whatever one had begun to write to a partition ends when
    that is taken over. Of one row all is written at once, or nothing, so
    whatever instruction it is killed at, each row is either the live one or the shadow's, and a
    new run goes on. `writer` opens that of a partition.

    A worker that wakes from a freeze can write nothing to a partition any more that was taken
    over here; one that starts takes it over in turn, and then this ends.
    """

    def __init__(
        self,
        beside: Beside,
        folded: Mapping[int, int],
        workers: Workers,
        writer: Callable[[int], AbstractContextManager[Writer]],
    ) -> None:
        self._beside = beside
        self._folded = folded
        self._workers = workers
        self._writer = writer
        self._outcome = Outcome()

    def run(self, progress: Progress | None = None) -> Outcome:
        """Raises UserError where workers are at work, or are behind the shadow."""
        self._refuse_workers()
        try:
            self._refuse_if_behind()
            meter = self._beside.meter(progress)
            for number in self._beside.partitions:
                self._cut_over(number, meter)
        except TakenOver:
            raise _at_work("has started") from None
        return self._outcome

    def _cut_over(self, number: int, meter: Meter) -> None:
        with self._writer(number) as writer:
            writer.take_over(*row_topics(self._beside.topics), partition=number)
            self._refuse_workers()
            projected = self._workers.projected().get(number, 0)
            with self._beside.partition(number, projected, meter) as successor:
                self._write(number, successor, writer)

    def _refuse_workers(self) -> None:
        if count := self._workers.at_work():
            raise _at_work("is at work" if count == 1 else f"of {count} is at work")

    def _refuse_if_behind(self) -> None:
        projected = self._workers.projected()
        for number in self._beside.partitions:
            at, folded = projected.get(number, 0), self._folded.get(number, 0)
            if at < folded:
                raise UserError(
                    f"The workers are behind the shadow: of partition {number} they have taken "
                    f"{at:,} raw records, it has read {folded:,}.",
                    "Start them, let them catch up (`hookline health`), stop them, and run this "
                    "again.",
                )

    def _write(self, number: int, successor: Successor, writer: Writer) -> None:
        size = 0
        for one in successor.successions():
            self._outcome.rows[one.verdict] += 1
            if one.verdict not in OTHER:
                continue
            size += self._write_row(number, successor, one, writer)
            if size >= _TOGETHER_BYTES:
                writer.settle()
                writer.commit()
                size = 0
        if size:
            writer.settle()
            writer.commit()

    def _write_row(self, number: int, successor: Successor, one: Succession, writer: Writer) -> int:
        """Returns its size in bytes."""
        topics = self._beside.topics
        change = superseding(successor, one)
        for key, value in change.segments:
            writer.write(topics.ledger, number, key, value)
            self._outcome.segments += value is not None
        for value in change.values:
            writer.write(state_topics(topics)[one.table], number, change.key, value)
        self._outcome.written[one.table] += 1
        return change.size


def _at_work(what: str) -> UserError:
    return UserError(
        f"A worker {what}: it has the rows in memory, and would write them again.",
        "Stop all workers and run this again; webhooks wait on the raw log meanwhile.",
    )
