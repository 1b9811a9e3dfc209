"""A row is a pure function of the set of webhooks of its key.

Given any history of a vendor (a simulated story, or a soup of payloads), in any order, with any
duplicates, over any crash: then the same row, and the one that the oracle works out.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.webhook import RawRecord
from tests.oracle import expected_rows
from tests.property.histories import VENDOR_NAMES, received, shuffled, stories
from tests.property.seam import Partition, folded, folded_rows
from tests.property.soups import SOUPS

OF_THE_LOG = ("duplicates", "late", "partition", "offset")

thorough = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def draw_history(data: st.DataObject, kind: str) -> list[RawRecord]:
    if kind in SOUPS:
        webhooks = data.draw(st.lists(SOUPS[kind], min_size=1, max_size=14))
    else:
        webhooks = data.draw(stories(kind)).webhooks
    return data.draw(received(webhooks))


def timeless(rows: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The rows without what follows the log."""
    return {
        key: {name: value for name, value in row.items() if name not in OF_THE_LOG}
        for key, row in rows.items()
    }


def assert_same(rows: dict[str, dict[str, Any]], expected: dict[str, dict[str, Any]]) -> None:
    """Of rows that differ, show the fields that do."""
    different = {
        (key, name): (rows.get(key, {}).get(name), expected.get(key, {}).get(name))
        for key in rows.keys() | expected.keys()
        for name in rows.get(key, {}).keys() | expected.get(key, {}).keys()
        if rows.get(key, {}).get(name) != expected.get(key, {}).get(name)
    }
    assert different == {}
    assert rows.keys() == expected.keys()


every_kind = pytest.mark.parametrize("kind", [*VENDOR_NAMES, *SOUPS])


@every_kind
@thorough
@given(data=st.data())
def test_order_and_duplicates_change_nothing(kind: str, data: st.DataObject) -> None:
    history = draw_history(data, kind)
    other = data.draw(shuffled(history))
    this, that = folded(other), folded(history)
    assert_same(timeless(this.rows()), timeless(that.rows()))
    assert_same(this.folds(), that.folds())


@every_kind
@thorough
@given(data=st.data())
def test_the_rows_are_the_oracles(kind: str, data: st.DataObject) -> None:
    log = data.draw(shuffled(draw_history(data, kind)))
    rows = folded_rows(log)
    assert rows or kind not in SOUPS
    assert_same(rows, expected_rows(log))


@every_kind
@thorough
@given(data=st.data())
def test_a_crash_and_a_second_reading_change_nothing(kind: str, data: st.DataObject) -> None:
    log = data.draw(shuffled(draw_history(data, kind)))
    partition, committed = Partition(), 0
    while committed < len(log):
        end = data.draw(st.integers(committed + 1, len(log)))
        partition.project(log[committed:end])
        happens = data.draw(st.sampled_from(("commit", "die", "die with segments", "die written")))
        match happens:
            case "commit":
                partition.write()
                committed = end
            case "die with segments":
                partition.write_segments()
                partition.crash()
            case "die written":
                partition.write()
                partition.crash()
            case _:
                partition.crash()
    assert_same(partition.rows(), folded_rows(log))
