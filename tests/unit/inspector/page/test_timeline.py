"""Given the webhooks of a row, then the moments it can be looked at, and their lines."""

from __future__ import annotations

import pytest

from app.history.history import History
from app.history.page import page
from app.inspector.page.histories import LARGEST, MOST, Histories
from app.inspector.page.timeline import CROWD, lines, scrubber, ticks
from app.simulate.payloads import varda
from tests.unit.history.telling import at, died, history
from tests.unit.read.installation import Installation


@pytest.fixture
def hookline() -> Installation:
    """Four messages, the third of them late and the last twice, then one that could not be
    decoded: received at 12:00:01, :02, …
    """
    hookline = Installation(partitions=1)
    for n in (0, 3, 1, 4, 4):
        hookline.receive(varda.message(7, n, at(n)))
    hookline.work()
    died(hookline, hookline.receive(varda.message(7, 9, at(9))))
    return hookline


def test_each_webhook_is_a_moment_and_now_is_the_last(hookline: Installation) -> None:
    where = scrubber(history(hookline, whole=True), None)
    assert [moment - at(0) for moment in where.moments] == [n * 1_000_000 for n in range(1, 7)]
    assert (where.position, where.last) == (6, 6)


@pytest.mark.parametrize(("seconds", "position"), [(0, 0), (1, 1), (2.5, 2), (99, 6)])
def test_a_time_stands_after_the_webhooks_that_were_received_by_then(
    hookline: Installation, seconds: float, position: int
) -> None:
    assert scrubber(history(hookline, whole=True), at(0) + int(seconds * 1e6)).position == position


def test_lines_say_what_is_later_than_the_moment_and_where_a_day_begins(
    hookline: Installation,
) -> None:
    told = history(hookline, whole=True)
    shown = lines(page(told).items[::-1], scrubber(told, at(2)))
    assert [(one.number, one.later) for one in shown] == [
        *((6, True), (5, True), (4, True), (3, True), (2, False), (1, False))
    ]
    assert [one.day for one in shown] == ["2026-06-01", *[None] * 5]


def test_marks_tell_what_went_another_way(hookline: Installation) -> None:
    told = history(hookline, whole=True)
    found = ticks(told.webhooks, scrubber(told, None))
    assert [one.kind for one in found] == ["plain", "plain", "late", "plain", "duplicate", "dead"]
    assert [round(one.x + one.width / 2) for one in found] == [167, 333, 500, 667, 833, 1000]


def test_in_a_crowd_only_those_are_marked() -> None:
    hookline = Installation(partitions=1)
    for n in [*range(CROWD), CROWD - 1]:
        hookline.receive(varda.message(7, n, at(n)))
    hookline.work()
    told = history(hookline)
    assert [one.kind for one in ticks(told.webhooks, scrubber(told, None))] == ["duplicate"]


class Reading:
    """Counts how often a history was read."""

    def __init__(self, hookline: Installation) -> None:
        self.count = 0
        self._hookline = hookline

    def __call__(self) -> History:
        self.count += 1
        return history(self._hookline)


def test_parts_of_a_page_are_of_the_history_that_the_page_was_made_of(
    hookline: Installation,
) -> None:
    kept, read = Histories(), Reading(hookline)
    first = kept.anew("a", read)
    assert kept.same("a", read) is first
    assert kept.anew("a", read) is not first
    assert read.count == 2


def test_only_the_last_few_are_kept(hookline: Installation) -> None:
    kept, read = Histories(), Reading(hookline)
    for name in range(MOST + 1):
        kept.anew(str(name), read)
    kept.same("0", read)
    assert read.count == MOST + 2
    kept.same(str(MOST), read)
    assert read.count == MOST + 2


def test_what_is_large_is_not_kept(monkeypatch: pytest.MonkeyPatch, hookline: Installation) -> None:
    assert LARGEST > 1_000
    monkeypatch.setattr("app.inspector.page.histories.LARGEST", 3)
    kept, read = Histories(), Reading(hookline)
    kept.anew("a", read)
    kept.same("a", read)
    assert read.count == 2
