"""Given a worker that has not come to the end, then what of a key waits for it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from app.core.webhook import RawRecord
from app.read.waiting import MOST, Backlog, Waiting, read_waiting, waiting_json
from app.simulate.payloads import varda
from tests.unit.read.installation import RECEIVED, Installation

CHAT = "varda/conversation/7"


@pytest.fixture
def hookline() -> Installation:
    """A conversation that the worker has come to, and another's message behind it."""
    hookline = Installation(partitions=1)
    hookline.receive(varda.message(7, 1, RECEIVED))
    hookline.work()
    hookline.receive(varda.message(8, 2, RECEIVED))
    return hookline


def receive(hookline: Installation, message: int) -> RawRecord:
    return hookline.receive(varda.message(7, message, RECEIVED))


def waiting(
    hookline: Installation, projected: Mapping[int, int] | None, *, after: int = -1
) -> Waiting:
    raw = hookline.topics.raw
    held = hookline.log.spans(raw)[0]
    return Backlog(hookline.log, raw, projected).waiting(CHAT, 0, held, after=after)


def test_nothing_of_it_does(hookline: Installation) -> None:
    assert waiting(hookline, hookline.projected) == Waiting()


def test_those_of_the_key_since_the_first_was_received(hookline: Installation) -> None:
    first, _ = receive(hookline, 3), receive(hookline, 4)
    found = waiting(hookline, hookline.projected)
    assert found == Waiting(webhooks=2, since=first.received_at)
    assert read_waiting(waiting_json(found)) == found


def test_what_no_endpoint_wrote_does_not_count(hookline: Installation) -> None:
    hookline.log.append(hookline.topics.raw, 0, CHAT.encode(), b"{}")
    assert waiting(hookline, hookline.projected) == Waiting()


def test_what_the_row_holds_already_does_not_wait(hookline: Installation) -> None:
    """The worker wrote it, and has not said yet that it has come there."""
    in_row, later = receive(hookline, 3), receive(hookline, 4)
    found = waiting(hookline, hookline.projected, after=in_row.offset)
    assert found == Waiting(webhooks=1, since=later.received_at)


def test_nobody_knows_how_far_the_worker_is(hookline: Installation) -> None:
    receive(hookline, 3)
    assert waiting(hookline, None) == Waiting()


def test_a_worker_that_says_it_is_beyond_the_end(hookline: Installation) -> None:
    """The topic was made anew under it."""
    assert waiting(hookline, {0: 99}) == Waiting()


def test_it_is_looked_for_among_so_many_only(hookline: Installation) -> None:
    hookline.crowd(0, MOST - 2)
    last = receive(hookline, 3)
    assert waiting(hookline, hookline.projected) == Waiting(webhooks=1, since=last.received_at)
    receive(hookline, 4)
    found = waiting(hookline, hookline.projected)
    assert found == Waiting(unsearched=MOST + 1)
    assert found.why_unsearched.startswith("50,001 webhooks of its partition wait")
    assert read_waiting(waiting_json(found)) == found


def test_a_timeline_has_all_of_it_however_much_waits(hookline: Installation) -> None:
    hookline.crowd(0, MOST)
    last = receive(hookline, 3)
    raw = hookline.topics.raw
    backlog = Backlog(hookline.log, raw, hookline.projected)
    found = backlog.of_key(CHAT, 0, hookline.log.spans(raw)[0])
    assert [one.offset for one in found] == [last.offset]
