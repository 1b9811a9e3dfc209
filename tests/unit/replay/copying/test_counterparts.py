"""Given logs of many partitions, then only those that may hold a copy are asked, and read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from app.core.webhook import Place
from app.kafka.log import Progress
from app.kafka.record import Record, Span
from app.replay.copying.counterparts import Counterparts
from app.replay.copying.outcome import Copied
from tests.unit.read.installation import Installation
from tests.unit.read.memory_log import MemoryLog
from tests.unit.replay.copying.twin import Growth

OLD, NEW = "webhooks.raw", "wide.webhooks.raw"
Partition = tuple[str, int]  # of a topic


class WatchedLog(MemoryLog):
    """Knows of which partitions it was asked where they begin or end, and which it has read."""

    def __init__(self) -> None:
        super().__init__(64)
        self.asked: list[Partition] = []
        self.seen: list[Partition] = []

    def span(self, topic: str, number: int) -> Span:
        self.asked.append((topic, number))
        return super().span(topic, number)

    def read(
        self,
        topic: str,
        spans: Mapping[int, Span] | None = None,
        progress: Progress | None = None,
    ) -> Iterator[Record]:
        spans = self.spans(topic) if spans is None else spans
        self.seen += [(topic, number) for number in spans]
        return super().read(topic, spans, progress)


@pytest.fixture
def log() -> WatchedLog:
    return WatchedLog()


@pytest.fixture
def growth(log: WatchedLog) -> Growth:
    """Of 64 partitions, into 128."""
    return Growth(Installation(64, log=log), 128)


def put(log: WatchedLog, place: Place, redrive: str | None = None) -> None:
    """A record there, a year after the one of the offset before."""
    partition, offset = place
    headers = [] if redrive is None else [("hookline_redrive", redrive.encode())]
    year = 31_536_000_000
    at = log.append(OLD, partition, b"a%d" % offset, b"{}", headers, (offset + 1) * year)
    assert at == offset


def test_a_copy_is_looked_for_in_two_partitions(log: WatchedLog, growth: Growth) -> None:
    for offset in range(3):
        put(log, (5, offset))
    growth.copy()
    copies = {one.key: (NEW, one.partition) for one in growth.raw(growth.new)}
    counterparts = Counterparts(log, OLD, NEW)
    log.asked.clear()
    log.seen.clear()
    found = counterparts.find([(5, 0), (5, 2)])
    assert {place: one.key for place, one in found.items()} == {(5, 0): b"a0", (5, 2): b"a2"}
    theirs = {(OLD, 5), copies[b"a0"], copies[b"a2"]}
    assert ({*log.asked}, {*log.seen}) == (theirs, theirs)


def test_one_of_a_partition_that_there_is_not(log: WatchedLog, growth: Growth) -> None:
    put(log, (5, 0))
    growth.copy()
    assert Counterparts(log, OLD, NEW).find([(64, 0)]) == {}


@pytest.mark.parametrize("redrive", ["5:0", "5:1", "7:1", "64:0"])
def test_what_was_not_copied_is_not_looked_for(
    log: WatchedLog, growth: Growth, redrive: str
) -> None:
    """Itself, one behind it, one that is not there, one of no partition."""
    put(log, (7, 0))
    put(log, (5, 0), redrive)
    put(log, (5, 1))
    assert growth.copy() == Copied(records=3, without_original=1, foreign=3)
    assert [one for one in log.seen if one[0] == NEW] == []
