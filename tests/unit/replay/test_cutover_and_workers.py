"""Given workers that start, sleep or were killed, then what a cut-over makes of it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext

import pytest

from app.core.undecodable import Undecodable
from app.core.webhook import RawRecord
from app.errors import UserError
from app.replay.cutover import Cutover
from app.simulate.payloads import varda
from tests.unit.read.installation import Installation
from tests.unit.redrive.memory_writer import Broker, MemoryWriter
from tests.unit.replay.cutting_over import Standing, cut_over, verdicts, written, wrong
from tests.unit.replay.shadows import CHAT, Shadow, at, hookline


@pytest.fixture
def live() -> Installation:
    """Its rows are wrong, one is missing, one is too many; one has segments."""
    return wrong(hookline(messages=300))


@pytest.mark.parametrize("starts", [[1], [0, 3], [0, 0, 1]])
def test_a_worker_that_is_at_work_is_not_taken_by_surprise(
    live: Installation, starts: list[int]
) -> None:
    shadow = Shadow(live)
    with pytest.raises(UserError) as refused:
        cut_over(live, shadow, Standing(live, starts))
    assert "at work" in refused.value.what
    assert "Stop all workers" in refused.value.remedy


def test_whenever_a_worker_starts_nothing_is_written_beside_it() -> None:
    said: list[str] = []
    for steps in range(1, 100):
        live = wrong(hookline(messages=300))
        shadow = Shadow(live)
        worker = Starting(Broker(live.log), live)
        writer = MemoryWriter(worker.broker, steps, worker)
        beside = shadow.beside()
        run = Cutover(beside, shadow.folded, worker, lambda _, writer=writer: nullcontext(writer))
        try:
            run.run()
        except UserError as ended:
            said.append(ended.what)
            assert "at work" in ended.what
            assert written(live) == worker.found
        else:
            assert verdicts(live) == {"equal"}
            break
    assert len(said) > 5


class Starting(MemoryWriter, Standing):
    """The worker's, which is in the group from when it takes over."""

    def __init__(self, broker: Broker, live: Installation) -> None:
        MemoryWriter.__init__(self, broker)
        Standing.__init__(self, live)
        self.broker = broker
        self.found = -1
        self._live = live

    def take_over(self, *topics: str, partition: int | None = None) -> None:
        super().take_over(*topics, partition=partition)
        self.found = written(self._live)

    def workers(self) -> int:
        return int(self.found >= 0)


class Completing(MemoryWriter, Standing):
    """Taking a partition over ends the commit of a worker that was killed in it: `last` makes of
    the raw record what it had made.
    """

    def __init__(self, live: Installation, last: Callable[[RawRecord], None]) -> None:
        MemoryWriter.__init__(self, Broker(live.log))
        Standing.__init__(self, live)
        self._record = live.receive(varda.message(7, 900, at(900)))
        self._last = last
        self._at_rest = dict(live.projected)

    def take_over(self, *topics: str, partition: int | None = None) -> None:
        super().take_over(*topics, partition=partition)
        if partition == self._record.partition and not self._is_done():
            self._last(self._record)
            self._at_rest[partition] = self._record.offset + 1

    def projected_at_rest(self, number: int) -> int:
        return self._at_rest[number]

    def _is_done(self) -> bool:
        return self._at_rest[self._record.partition] > self._record.offset


def test_a_shadow_that_has_read_more_than_the_workers_waits_for_them(live: Installation) -> None:
    live.receive(varda.message(7, 900, at(900)))
    shadow = Shadow(live)
    with pytest.raises(UserError, match="The workers are behind the shadow"):
        cut_over(live, shadow)
    assert "differs" in verdicts(live)
    live.work()
    wrong(live)
    cut_over(live, shadow)
    assert verdicts(live) == {"equal"}


def test_what_a_killed_worker_had_all_but_committed_counts(live: Installation) -> None:
    """The group says so only when its partition was taken over."""
    last = Completing(live, lambda record: None)
    shadow = Shadow(live)
    outcome = Cutover(shadow.beside(), shadow.folded, last, lambda _: nullcontext(last)).run()
    assert outcome.rows["changed"] == 1
    assert live.row("conversation", CHAT).events == 301


def test_not_over_a_letter_that_a_killed_worker_had_all_but_committed(live: Installation) -> None:
    """Until its partition is taken over nobody sees it; its event was never published."""
    broken = Undecodable("schema_mismatch", "it had a fault")
    last = Completing(live, lambda record: live.bury(record, broken))
    shadow = Shadow(live)
    before = live.row("conversation", CHAT)
    with pytest.raises(UserError, match="letters"):
        Cutover(shadow.beside(), shadow.folded, last, lambda _: nullcontext(last)).run()
    assert live.row("conversation", CHAT) == before


def test_what_of_the_raw_log_is_no_record_is_not_waited_for(live: Installation) -> None:
    """Markers of transactions take offsets, and workers commit none behind the last record."""
    record = live.receive(varda.message(7, 900, at(900)))
    live.log.drop(live.topics.raw, record.partition, record.offset)
    shadow = Shadow(live)
    assert shadow.folded[record.partition] > live.projected[record.partition]
    cut_over(live, shadow)
    assert verdicts(live) == {"equal"}
