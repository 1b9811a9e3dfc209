"""Doing it: records, and how far the old log was read for them, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple, Protocol

from app.core.dead_letter import closing_headers
from app.core.webhook import Headers, Place
from app.errors import UserError
from app.kafka.groups import copy_group
from app.kafka.log import MIB, Progress
from app.kafka.record import Record
from app.kafka.topics import Topics
from app.kafka.transactional import Passed, TakenOver
from app.read.reader import Reader
from app.replay.copying.counterparts import Counterparts
from app.replay.copying.foreign import is_foreign
from app.replay.copying.letters import WhyDead, letter_headers
from app.replay.copying.outcome import Copied
from app.replay.copying.place import (
    new_partition,
    new_timestamp,
    standing_in_for,
    stands_in_for,
)
from app.replay.copying.way import Way

TOGETHER = 10_000  # records of a transaction
_TOGETHER_BYTES = 8 * MIB


class Writer(Protocol):
    """`app.kafka.transactional.TransactionalWriter`, which documents each, or its twin in
    memory.
    """

    def take_over(self, topic: str) -> None: ...

    def until_readable(self, topic: str) -> None: ...

    def write(
        self,
        topic: str,
        partition: int,
        key: bytes | None,
        value: bytes | None,
        headers: Headers,
        timestamp_ms: int = 0,
    ) -> None: ...

    def settle(self) -> list[Place]: ...

    def commit(self, passed: Passed | None = None) -> None: ...


class _Taken(NamedTuple):
    """Of the old log; `stands_in_for` is a place there."""

    record: Record
    stands_in_for: Place | None


class _Letter(NamedTuple):
    """Of a raw record of the new log."""

    original: Record
    headers: Headers


class Copy:
    """One run. Whatever instruction it is killed at, each record of the old raw log is in the new
    one once, or not yet: a new run goes on. Of two at once the later one ends the earlier.

    What a redriven record stands in for has another place in the new log, which must be known
    before: so one partition may have to wait for another. The records of a key lie in one, and stay
    in their order.

    `committed` says how far earlier runs came; `beside` is a reader for while the first one reads.
    """

    def __init__(
        self,
        reader: Reader,
        beside: Reader,
        old: Topics,
        new: Topics,
        writer: Writer,
        committed: Callable[[], Mapping[int, int]],
        why_dead: WhyDead,
        *,
        together: int = TOGETHER,
    ) -> None:
        self._reader = reader
        self._beside = beside
        self._old, self._new = old, new
        self._writer = writer
        self._committed = committed
        self._why_dead = why_dead
        self._together = together
        self._counterparts = Counterparts(beside, old.raw, new.raw)
        self._partitions = beside.partitions(new.raw)
        self._batch: list[_Taken] = []
        self._size = 0
        self._copied = Copied()
        self._progress: Progress | None = None

    def run(self, progress: Progress | None = None) -> Copied:
        """Raises UserError where Kafka refuses, or has ended this run for another."""
        self._progress = progress
        try:
            self._writer.take_over(self._new.raw)  # before it is asked how far others came
            way = self._begin()
            while way.left():
                self._pass(way)
            self._commit(way)  # also where nothing came: Kafka forgets what is a week old
        except TakenOver:
            raise UserError(
                f"Kafka has ended this copy after {self._copied.records:,} records: another has "
                "begun since, or this one stood still for too long.",
                "No record is lost or copied twice. Run it again when no other runs.",
            ) from None
        self._copied.left = way.behind(self._beside.spans(self._old.raw))
        return self._copied

    def _begin(self) -> Way:
        spans, committed = self._reader.spans(self._old.raw), self._committed()
        unknown = {number: span for number, span in spans.items() if number not in committed}
        there = self._beside.spans(self._new.raw).values()
        if any(span.first < span.end for span in there):
            for number, span in unknown.items():
                first = next(iter(self._reader.read(self._old.raw, {number: span})), None)
                if first is not None and self._counterparts.find([(number, first.offset)]):
                    raise self._forgotten()
        return Way(spans, committed)

    def _forgotten(self) -> UserError:
        return UserError(
            f"{self._new.raw} holds records of {self._old.raw}, and Kafka has forgotten how many: "
            f"the offsets of the group {copy_group(self._new)} are gone.",
            "Brokers keep them for offsets.retention.minutes, a week by default. Make topics under "
            "another prefix and copy into those, and then again within that time.",
        )

    def _pass(self, way: Way) -> None:
        """Read on, to the end or to where a partition that had to wait can go on."""
        before = dict(way.read)
        way.begin()
        for record in self._reader.read(self._old.raw, way.left()):
            if way.waits(record.partition):
                continue
            place = stands_in_for(record)
            if place is not None:
                if not way.may_take(record, place):
                    way.wait(record, place)
                    continue
                if not way.is_done(place):
                    self._commit(way)  # for only then can its copy be found
            self._take(record, place, way)
            if self._is_full():
                self._commit(way)
            if way.can_go_on():
                break
        else:
            way.ended()
        self._commit(way)
        if way.read == before:
            way.give_up(self._beside.spans(self._old.raw))

    def _take(self, record: Record, place: Place | None, way: Way) -> None:
        self._batch.append(_Taken(record, place))
        self._size += len(record.value or b"")
        for _, value in record.headers:
            self._size += len(value or b"")
        way.read[record.partition] = record.offset + 1

    def _is_full(self) -> bool:
        return len(self._batch) >= self._together or self._size >= _TOGETHER_BYTES

    def _commit(self, way: Way) -> None:
        """In one transaction: the records, the letters that they close, and how far it is."""
        batch, self._batch, self._size = self._batch, [], 0
        originals = self._originals(batch)
        letters = self._letters(originals)  # before the transaction: there may be many
        for one in batch:
            self._write(one, originals)
        for one, place in zip(batch, self._writer.settle(), strict=True):
            if (letter := letters.get(one.stands_in_for)) is not None:
                self._close(letter, place)
        if letters:
            self._writer.settle()
        self._writer.commit(Passed(copy_group(self._new), self._old.raw, dict(way.read)))
        way.done = dict(way.read)
        self._copied.records += len(batch)
        if self._progress is not None:
            self._progress(*way.progress())

    def _originals(self, batch: list[_Taken]) -> dict[Place | None, Record]:
        """In the new log, what records stand in for, by its place in the old."""
        places = {one.stands_in_for for one in batch if one.stands_in_for is not None}
        if not places:
            return {}
        self._writer.until_readable(self._new.raw)
        return {**self._counterparts.find(places)}

    def _letters(self, originals: Mapping[Place | None, Record]) -> dict[Place | None, _Letter]:
        """Those of which workers will write one."""
        return {
            place: _Letter(original, headers)
            for place, original in originals.items()
            if (headers := letter_headers(original, self._why_dead)) is not None
        }

    def _write(self, one: _Taken, originals: Mapping[Place | None, Record]) -> None:
        record, headers = one.record, one.record.headers
        if one.stands_in_for is not None:
            original = originals.get(one.stands_in_for)
            place = None if original is None else (original.partition, original.offset)
            headers = standing_in_for(headers, place)
            self._copied.redriven += original is not None
            self._copied.without_original += original is None
        self._copied.foreign += is_foreign(record)
        partition = new_partition(record, self._partitions)
        timestamp = new_timestamp(record)
        self._writer.write(self._new.raw, partition, record.key, record.value, headers, timestamp)

    def _close(self, letter: _Letter, copy: Place) -> None:
        partition, key = letter.original.partition, letter.original.key
        headers = closing_headers(letter.headers, copy)
        self._writer.write(self._new.dead, partition, key, b"", headers)
        self._copied.closed += 1
