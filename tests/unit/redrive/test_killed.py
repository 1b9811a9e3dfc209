"""A run that is killed, or taken over, at any step: each letter is redriven once."""

from __future__ import annotations

from collections import Counter

import pytest

from app.errors import UserError
from app.redrive.choice import Choice
from app.redrive.outcome import Outcome
from app.redrive.run import Redrive
from app.simulate.payloads import varda
from tests.unit.read.installation import Installation, catalogue
from tests.unit.redrive.broken import BrokenCatalogue, today
from tests.unit.redrive.memory_writer import Broker, Died, MemoryWriter
from tests.unit.redrive.redriving import at, copies, letters


class TestWhateverHappens:
    """Three letters, two to a transaction."""

    STEPS = 15

    @pytest.fixture
    def hookline(self) -> Installation:
        hookline = Installation()
        hookline.catalogue = BrokenCatalogue()
        for n in range(3):
            hookline.receive(varda.message(7 + n, n, at(n)))
        hookline.work()
        hookline.catalogue = catalogue()
        return hookline

    def run(self, hookline: Installation, writer: MemoryWriter) -> Outcome:
        return Redrive(hookline.log, hookline.topics, today(), writer, together=2).run(Choice())

    def each_is_redriven_once(self, hookline: Installation) -> None:
        origins = Counter(dict(one.headers)["hookline_redrive"] for one in copies(hookline))
        assert set(origins.values()) == {1}
        closed = {one.raw: one.copy for one in letters(hookline).redriven}
        assert closed == {
            dict(one.headers)["hookline_redrive"].decode(): f"{one.partition}:{one.offset}"
            for one in copies(hookline)
        }

    @pytest.mark.parametrize("steps", range(STEPS))
    def test_a_run_that_is_killed_is_gone_on_with(self, hookline: Installation, steps: int) -> None:
        broker = Broker(hookline.log)
        with pytest.raises(Died):
            self.run(hookline, MemoryWriter(broker, steps))
        if copies(hookline):
            self.each_is_redriven_once(hookline)
        before = len(copies(hookline))
        outcome = self.run(hookline, MemoryWriter(broker))
        assert (outcome.redriven, outcome.closed_before) == (3 - before, before)
        self.each_is_redriven_once(hookline)

    def test_these_are_all_its_steps(self, hookline: Installation) -> None:
        self.run(hookline, MemoryWriter(Broker(hookline.log), self.STEPS))

    @pytest.mark.parametrize("steps", range(1, STEPS - 1))
    def test_one_that_begins_while_another_runs_ends_that(
        self, hookline: Installation, steps: int
    ) -> None:
        broker = Broker(hookline.log)
        later = MemoryWriter(broker)
        with pytest.raises(UserError, match="another has begun"):
            self.run(hookline, MemoryWriter(broker, steps, other=later))
        self.run(hookline, later)
        self.each_is_redriven_once(hookline)
        assert len(copies(hookline)) == 3
