"""What any implementation of rows must do."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.faust_batch.rows import MemoryRows, Rows
from tests.unit.faust_batch.builders import records


@pytest.fixture(params=[MemoryRows])
def rows(request: pytest.FixtureRequest) -> Rows:
    make: Callable[[], Rows] = request.param
    return make()


def test_new_rows_include_nothing(rows: Rows) -> None:
    assert (len(rows), rows.offset) == (0, -1)
    assert rows.get(b"k") is None


def test_the_newest_record_of_a_key_is_its_row(rows: Rows) -> None:
    rows.restore(records(b"one", b"two", first=7))
    assert rows[b"k"] == b"two"
    assert rows.offset == 8


def test_a_falsy_value_is_a_row_too(rows: Rows) -> None:
    rows.restore(records(b""))
    assert rows[b"k"] == b""


def test_a_tombstone_deletes(rows: Rows) -> None:
    rows.restore(records(b"one", None))
    assert b"k" not in rows
    assert rows.offset == 1


def test_restoring_a_record_again_changes_nothing(rows: Rows) -> None:
    rows.restore(records(b"one", b"two"))
    rows.restore(records(b"two", first=1))
    assert dict(rows) == {b"k": b"two"}
    assert rows.offset == 1


def test_a_record_without_a_key_is_no_row(rows: Rows) -> None:
    rows.restore(records(b"value", key=None))
    assert (len(rows), rows.offset) == (0, 0)


def test_what_the_agent_puts_is_what_it_gets(rows: Rows) -> None:
    mine = object()
    rows[b"k"] = mine
    assert rows[b"k"] is mine
    del rows[b"k"]
    assert b"k" not in rows


def test_the_changelog_replaces_what_the_agent_put(rows: Rows) -> None:
    rows[b"k"] = object()
    rows.restore(records(b"one"))
    assert rows[b"k"] == b"one"
