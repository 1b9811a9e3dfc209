"""From when a record was sent until the first row that holds it."""

from __future__ import annotations

from tests.benchmarks.row_times import Row, Sent, latencies


def test_a_row_holds_its_record_and_those_of_its_key_before_it() -> None:
    sent = [Sent("a", 0, 0, 1.0), Sent("b", 0, 1, 1.25), Sent("a", 0, 2, 1.5)]
    assert latencies(sent, [Row(0, 2, 2.0), Row(0, 1, 2.0)]) == [0.5, 0.75, 1.0]


def test_the_first_row_counts() -> None:
    sent = [Sent("a", 0, 0, 1.0), Sent("a", 0, 1, 1.0)]
    assert latencies(sent, [Row(0, 0, 2.0), Row(0, 1, 3.0), Row(0, 1, 9.0)]) == [1.0, 2.0]


def test_offsets_are_of_their_partition() -> None:
    sent = [Sent("a", 0, 0, 1.0), Sent("b", 1, 0, 1.5)]
    assert latencies(sent, [Row(1, 0, 2.0)]) == [0.5]


def test_records_without_a_row_and_rows_of_other_records_are_left_out() -> None:
    assert latencies([Sent("a", 0, 5, 1.0)], [Row(0, 3, 2.0)]) == []
