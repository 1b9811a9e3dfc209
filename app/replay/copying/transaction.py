"""Records of the old raw log into the new one, and what goes with them, all or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from app.core.dead_letter import closing_headers
from app.core.webhook import Headers, Place
from app.kafka.groups import copy_group
from app.kafka.record import Record
from app.kafka.topics import Topics
from app.kafka.transactional import Passed
from app.replay.copying.counterparts import Counterparts
from app.replay.copying.foreign import is_foreign
from app.replay.copying.letters import WhyDead, letter_headers
from app.replay.copying.outcome import Copied
from app.replay.copying.place import new_partition, new_timestamp, standing_in_for


class Writer(Protocol):
    """`app.kafka.transactional.TransactionalWriter`, which documents each, or its twin in
    memory.
    """

    def take_over(self, *topics: str) -> None: ...

    def until_readable(self, *topics: str) -> None: ...

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


class Taken(NamedTuple):
    """Of the old log; `stands_in_for` is a place there."""

    record: Record
    stands_in_for: Place | None


class _Letter(NamedTuple):
    """Of a raw record of the new log."""

    original: Record
    headers: Headers


class Transactions:
    """One after the other; what they did is counted in `copied`."""

    def __init__(
        self,
        writer: Writer,
        counterparts: Counterparts,
        old: Topics,
        new: Topics,
        partitions: int,
        why_dead: WhyDead,
    ) -> None:
        self.copied = Copied()
        self._writer = writer
        self._counterparts = counterparts
        self._old, self._new = old, new
        self._partitions = partitions
        self._why_dead = why_dead

    def commit(
        self, batch: Sequence[Taken], done: Mapping[int, int], read: Mapping[int, int]
    ) -> None:
        """The records, what closes the letters that they were redriven for, and up to where the
        old log was `read`, by partition; it was `done` up to there before.
        """
        originals = self._originals(batch, done)
        letters = self._letters(originals)  # before it begins: there may be many
        for one in batch:
            self._write(one, originals)
        for one, place in zip(batch, self._writer.settle(), strict=True):
            if (letter := letters.get(one.stands_in_for)) is not None:
                self._close(letter, place)
        if letters:
            self._writer.settle()
        self._writer.commit(Passed(copy_group(self._new), self._old.raw, read))
        self.copied.records += len(batch)

    def _originals(
        self, batch: Sequence[Taken], done: Mapping[int, int]
    ) -> dict[Place | None, Record]:
        """In the new log, what records stand in for, by its place in the old. Of what was not
        copied, somebody else's records say that they do.
        """
        named = {one.stands_in_for for one in batch if one.stands_in_for is not None}
        places = [place for place in named if place[1] < done.get(place[0], 0)]
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

    def _write(self, one: Taken, originals: Mapping[Place | None, Record]) -> None:
        record, headers = one.record, one.record.headers
        if one.stands_in_for is not None:
            original = originals.get(one.stands_in_for)
            place = None if original is None else (original.partition, original.offset)
            headers = standing_in_for(headers, place)
            self.copied.redriven += original is not None
            self.copied.without_original += original is None
        self.copied.foreign += is_foreign(record)
        partition = new_partition(record, self._partitions)
        timestamp = new_timestamp(record)
        self._writer.write(self._new.raw, partition, record.key, record.value, headers, timestamp)

    def _close(self, letter: _Letter, copy: Place) -> None:
        partition, key = letter.original.partition, letter.original.key
        headers = closing_headers(letter.headers, copy)
        self._writer.write(self._new.dead, partition, key, b"", headers)
        self.copied.closed += 1
