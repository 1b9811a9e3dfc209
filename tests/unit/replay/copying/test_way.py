"""How far a copy is, and whom its partitions wait for."""

from __future__ import annotations

from app.kafka.record import Record, Span
from app.replay.copying.way import Way


def record(partition: int, offset: int) -> Record:
    return Record("webhooks.raw", partition, offset, b"k", b"{}", [], 1)


def test_it_begins_where_earlier_runs_came_to_or_the_log_now_begins() -> None:
    spans = {0: Span(0, 9), 1: Span(5, 9), 2: Span(0, 9), 3: Span(0, 0)}
    way = Way(spans, {0: 4, 1: 3})
    assert way.left() == {0: Span(4, 9), 1: Span(5, 9), 2: Span(0, 9)}
    assert way.progress() == (0, 18)


def test_what_came_after_it_was_asked_for_the_end_is_waited_for() -> None:
    """Ends are asked for one by one: a letter may die and be redriven between."""
    way = Way({0: Span(0, 2), 1: Span(0, 0)}, {})
    assert not way.may_take(record(0, 1), (1, 0))
    way.wait(record(0, 1), (1, 0))
    way.give_up({0: Span(0, 2), 1: Span(0, 3)})
    assert way.left() == {0: Span(0, 2), 1: Span(0, 3)}
    assert not way.may_take(record(0, 1), (1, 0))


def test_what_never_came_is_waited_for_no_longer() -> None:
    way = Way({0: Span(0, 2), 1: Span(0, 0)}, {})
    way.wait(record(0, 1), (1, 0))
    way.give_up({0: Span(0, 2), 1: Span(0, 0)})
    assert way.may_take(record(0, 1), (1, 0))
    assert not way.may_take(record(0, 0), (1, 0))


def test_what_is_read_and_not_committed_cannot_be_looked_for_yet() -> None:
    way = Way({0: Span(0, 2), 1: Span(0, 2)}, {})
    way.read[1] = 1
    assert way.may_take(record(0, 0), (1, 0))
    assert not way.is_done((1, 0))
    way.done = dict(way.read)
    assert way.is_done((1, 0))


def test_offsets_behind_the_last_record_are_passed_but_not_of_one_that_waits() -> None:
    way = Way({0: Span(0, 5), 1: Span(0, 5)}, {})
    way.wait(record(1, 3), (0, 9))
    way.ended()
    assert way.left() == {1: Span(0, 5)}
    assert way.behind({0: Span(0, 7), 1: Span(0, 5)}) == 7
