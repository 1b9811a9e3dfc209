"""A shadow's rows take the place of the live ones, where these are others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Protocol

import msgspec

from app.core.projection import Table
from app.errors import UserError
from app.kafka.groups import worker_group
from app.kafka.log import Progress
from app.kafka.record import Span
from app.kafka.topics import Topics
from app.kafka.transactional import TakenOver
from app.read.progress import Meter
from app.read.tables import state_topics
from app.replay.beside import Beside
from app.replay.shadow import row_topics
from app.replay.succession import OTHER, Verdict
from app.replay.successor import Successor
from app.replay.supersede import Change, superseding

_TOGETHER_BYTES = 4 * 1024 * 1024


class Writer(Protocol):
    """`app.kafka.transactional.TransactionalWriter`, which documents each, or its twin in
    memory.
    """

    def take_over(self, *topics: str, partition: int) -> None: ...

    def write(self, topic: str, partition: int, key: bytes, value: bytes | None) -> None: ...

    def settle(self) -> object: ...

    def commit(self) -> None: ...


class Standing(Protocol):
    """What else there is of an installation and the shadow, now."""

    def workers(self) -> int:
        """How many are in their group."""
        ...

    def projected(self) -> Mapping[int, int]:
        """How far they have come, by partition; those of which nothing was committed left out."""
        ...

    def projected_at_rest(self, number: int) -> int:
        """How far they have come in one partition that was taken over: waits for the end of what
        its last worker had begun. Of others a worker that sleeps may still hold a transaction open.
        """
        ...

    def refuse_letters(self, projected: Mapping[int, int], number: int | None = None) -> None:
        """Raises UserError where the shadow's rows have webhooks of which no event was published
        yet, in one partition, if its number is given: see `app.replay.letters`.
        """
        ...

    def refuse_other_shadow(self) -> None:
        """Raises UserError where the shadow is being made anew, or dropped, meanwhile."""
        ...


def writer_name(topics: Topics, partition: int) -> str:
    """That of the worker's own writer of a partition, so that whoever has it last writes alone:
    see `app.faust_batch.transactions.partition_producer`.
    """
    return f"{worker_group(topics)}/{topics.raw}/{partition}"


class Outcome(msgspec.Struct, kw_only=True):
    """Rows by verdict; those that were written, by table; segments of ledgers."""

    rows: Counter[Verdict] = msgspec.field(default_factory=Counter)
    written: Counter[Table] = msgspec.field(default_factory=Counter)
    segments: int = 0


class Cutover:
    """One run, while no worker is at work: whatever one had begun to write to a partition ends when
    that is taken over. Of one row all is written at once, or nothing, so whatever instruction it is
    killed at, each row is either the live one or the shadow's, and a new run goes on. `writer`
    opens that of a partition.

    A worker that wakes from a freeze can write nothing to a partition any more that was taken
    over here; one that starts takes it over in turn, and then this ends. Of workers without
    transactions neither holds: they are only looked for.
    """

    def __init__(
        self,
        beside: Beside,
        folded: Mapping[int, int],
        standing: Standing,
        writer: Callable[[int], AbstractContextManager[Writer]],
    ) -> None:
        self._beside = beside
        self._folded = folded
        self._standing = standing
        self._writer = writer
        self._outcome = Outcome()

    def run(self, progress: Progress | None = None) -> Outcome:
        """Raises UserError where workers are at work, or are behind the shadow."""
        self._refuse_workers()
        try:
            self._refuse_behind()
            reached = dict(self._standing.projected())
            self._standing.refuse_letters(reached)
            meter = self._beside.meter(progress)
            for number in self._beside.partitions:
                self._cut_over(number, reached, meter)
        except TakenOver:
            self._refuse_workers()
            raise UserError(
                "Kafka has ended this cut-over: another has begun since, or this one stood still "
                "for too long.",
                "Each row is either as it was or as it is to be. Run it again.",
            ) from None
        return self._outcome

    def _refuse_behind(self) -> None:
        """Before anything is written. What a worker that was killed had all but committed counts,
        once its partition is taken over.
        """
        before = self._standing.projected()
        for number, folded in self._folded.items():
            if before.get(number, 0) < folded:
                with self._writer(number) as writer:
                    self._take_over(number, writer)

    def _cut_over(self, number: int, reached: dict[int, int], meter: Meter) -> None:
        with self._writer(number) as writer:
            reached[number] = self._take_over(number, writer)
            # Once more: taking it over may have brought to light what a worker wrote last.
            self._standing.refuse_letters(reached, number)
            with self._beside.partition(number, reached[number], meter) as successor:
                self._standing.refuse_other_shadow()
                self._write(number, successor, writer)
        self._refuse_workers()

    def _take_over(self, number: int, writer: Writer) -> int:
        """Returns how far the worker has come in the partition, now that it comes no further."""
        topics = self._beside.topics
        writer.take_over(*row_topics(topics), topics.dead, partition=number)
        self._refuse_workers()
        projected = self._standing.projected_at_rest(number)
        folded = self._folded.get(number, 0)
        if any(True for _ in self._beside.raw_records(number, Span(projected, folded))):
            raise UserError(
                f"The workers are behind the shadow: of partition {number} they have taken "
                f"{projected:,} raw records, it has read {folded:,}.",
                "Start them, let them catch up (`hookline health`), stop them, and run this again.",
            )
        return projected

    def _refuse_workers(self) -> None:
        if count := self._standing.workers():
            raise UserError(
                f"{'A worker is' if count == 1 else f'{count:,} workers are'} at work: rows that "
                "are in memory there would be written again.",
                "Stop all workers and run this again; webhooks wait on the raw log meanwhile.",
            )

    def _write(self, number: int, successor: Successor, writer: Writer) -> None:
        """A transaction is open for no longer than it takes to write it: the broker ends those that
        stand still, and many rows may be equal between two that are not.
        """
        changes: list[tuple[Table, Change]] = []
        size = 0
        for one in successor.successions():
            self._outcome.rows[one.verdict] += 1
            if one.verdict in OTHER:
                changes.append((one.table, superseding(successor, one)))
                size += changes[-1][1].size
            if size >= _TOGETHER_BYTES:
                self._commit(number, changes, writer)
                changes, size = [], 0
        self._commit(number, changes, writer)

    def _commit(self, number: int, changes: list[tuple[Table, Change]], writer: Writer) -> None:
        if not changes:
            return
        topics = self._beside.topics
        for table, change in changes:
            for key, value in change.segments:
                writer.write(topics.ledger, number, key, value)
            for value in change.values:
                writer.write(state_topics(topics)[table], number, change.key, value)
        writer.settle()
        writer.commit()
        self._outcome.written.update(table for table, _ in changes)
        self._outcome.segments += sum(
            value is not None for _, change in changes for _, value in change.segments
        )
