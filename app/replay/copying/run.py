"""Reading the old raw log on, and what has to wait for what."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from app.core.webhook import Place
from app.errors import UserError
from app.kafka.groups import copy_group
from app.kafka.log import MIB, Progress
from app.kafka.record import Record, Span
from app.kafka.topics import Topics
from app.kafka.transactional import TakenOver
from app.read.reader import Reader
from app.replay.copying.counterparts import Counterparts
from app.replay.copying.letters import WhyDead
from app.replay.copying.outcome import Copied, another_log, forgotten
from app.replay.copying.place import stands_in_for
from app.replay.copying.transaction import Taken, Transactions, Writer
from app.replay.copying.way import Way

TOGETHER = 10_000  # records of a transaction
_TOGETHER_BYTES = 8 * MIB


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
        self._together = together
        self._counterparts = Counterparts(beside, old.raw, new.raw)
        partitions = beside.partitions(new.raw)
        self._transactions = Transactions(
            writer, self._counterparts, old, new, partitions, why_dead
        )
        self._batch: list[Taken] = []
        self._size = 0
        self._progress: Progress | None = None

    def run(self, progress: Progress | None = None) -> Copied:
        """Raises UserError where Kafka refuses, or has ended this run for another."""
        self._progress = progress
        copied = self._transactions.copied
        try:
            self._writer.take_over(self._new.raw)  # before it is asked how far others came
            way = self._begin()
            while way.left():
                self._pass(way)
            self._commit(way)  # also where nothing came: Kafka forgets what is a week old
        except TakenOver:
            raise UserError(
                f"Kafka has ended this copy after {copied.records:,} records: another has "
                "begun since, or this one stood still for too long.",
                "No record is lost or copied twice. Run it again when no other runs.",
            ) from None
        copied.left = way.behind(self._beside.spans(self._old.raw))
        return copied

    def _begin(self) -> Way:
        spans, committed = self._reader.spans(self._old.raw), self._committed()
        for number, offset in committed.items():
            if offset > spans[number].end:
                raise another_log(self._old.raw, number, offset)
        unknown = {number: span for number, span in spans.items() if number not in committed}
        if unknown and self._may_hold(unknown):
            raise forgotten(self._old.raw, self._new.raw, copy_group(self._new))
        return Way(spans, committed)

    def _may_hold(self, unknown: Mapping[int, Span]) -> bool:
        """Whether earlier runs copied of these partitions: then they copied what comes first."""
        there = self._beside.spans(self._new.raw).values()
        if not any(span.end for span in there):
            return False
        for number, span in unknown.items():
            first = next(iter(self._reader.read(self._old.raw, {number: span})), None)
            if first is not None and self._counterparts.find([(number, first.offset)]):
                return True
        return any(span.first for span in there)  # what has expired there may have been copies

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
        self._batch.append(Taken(record, place))
        self._size += len(record.value or b"")
        for _, value in record.headers:
            self._size += len(value or b"")
        way.read[record.partition] = record.offset + 1

    def _is_full(self) -> bool:
        return len(self._batch) >= self._together or self._size >= _TOGETHER_BYTES

    def _commit(self, way: Way) -> None:
        batch, self._batch, self._size = self._batch, [], 0
        read = dict(way.read)
        self._transactions.commit(batch, way.done, read)
        way.done = read
        if self._progress is not None:
            self._progress(*way.progress())
