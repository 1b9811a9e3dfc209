"""Which letters a redrive is asked to take."""

from __future__ import annotations

from app.redrive.choice import Choice
from app.simulate.payloads import varda
from tests.unit.read.installation import Installation
from tests.unit.redrive.redriving import at, letters, redrive


class TestAChoice:
    def test_of_a_fingerprint(self, hookline: Installation) -> None:
        (broken,) = (one for one in letters(hookline).open if one.reason == "not_json")
        outcome = redrive(hookline, Choice(fingerprints=(broken.fingerprint,)))
        assert (outcome.redriven, outcome.remained) == (0, 1)

    def test_of_a_time(self, hookline: Installation) -> None:
        first = min(one.received_at or 0 for one in letters(hookline).open)
        assert redrive(hookline, Choice(until_at=first)).chosen == 0
        assert redrive(hookline, Choice(since_at=first, until_at=first + 1)).redriven == 1
        rest = redrive(hookline, Choice(since_at=first + 1))
        assert (rest.redriven, rest.closed_before, rest.remained) == (1, 0, 1)

    def test_of_a_key(self, hookline: Installation) -> None:
        assert redrive(hookline, Choice(keys=("varda/conversation/8",))).chosen == 0
        assert redrive(hookline, Choice(keys=("varda/conversation/7",))).redriven == 2

    def test_of_the_key_that_it_has_today(self, hookline: Installation) -> None:
        hookline.unknown = frozenset({"varda.call.started"})
        hookline.receive(varda.call("started", 9, at(3), started_at=at(3)))
        hookline.work()
        assert redrive(hookline, Choice(keys=("varda/call/9",))).redriven == 1

    def test_of_all_that_is_said(self, hookline: Installation) -> None:
        prints = {one.reason: one.fingerprint for one in letters(hookline).open}
        choice = Choice(fingerprints=(prints["not_json"],), keys=("varda/conversation/7",))
        assert redrive(hookline, choice).chosen == 0
        assert "of varda/conversation/7" in str(choice)

    def test_without_a_receive_time_no_time_takes_it(self, hookline: Installation) -> None:
        hookline.log.append(hookline.topics.dead, 0, None, None, [])
        assert redrive(hookline, Choice(since_at=0)).chosen == 3
        assert redrive(hookline, Choice()).chosen == 4
