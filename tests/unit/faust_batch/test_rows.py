"""What any implementation of rows must do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.faust_batch.rocks.stores import RocksStores
from app.faust_batch.rows import Change, Rows, memory_rows
from tests.unit.faust_batch.builders import records


@pytest.fixture(params=["memory", "rocksdb"])
def rows(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rows]:
    if request.param == "memory":
        yield memory_rows("state.things", 0)
        return
    stores = RocksStores(tmp_path)
    stores("state.others", 0).restore(records(b"of another table"), 0)
    yield stores("state.things", 0)
    stores.close()


def change(rows: Rows, *changes: Change) -> None:
    """As an agent does it: set, then write."""
    for key, value in changes:
        if value is None:
            rows.pop(key, None)
        else:
            rows[key] = value
    rows.include(rows.hold(changes), rows.offset + len(changes))


def test_new_rows_include_nothing(rows: Rows) -> None:
    assert (len(rows), rows.about(), rows.offset) == (0, 0, -1)
    assert rows.get(b"k") is None
    assert b"k" not in rows
    with pytest.raises(KeyError):
        rows[b"k"]


def test_the_newest_record_of_a_key_is_its_row(rows: Rows) -> None:
    rows.restore(records(b"one", b"two", first=7), 8)
    assert rows[b"k"] == b"two"
    assert rows.offset == 8


def test_a_falsy_value_is_a_row_too(rows: Rows) -> None:
    rows.restore(records(b""), 0)
    assert rows[b"k"] == b""
    assert b"k" in rows
    assert rows.get(b"k", b"default") == b""


def test_a_tombstone_deletes(rows: Rows) -> None:
    rows.restore(records(b"one", None), 1)
    assert b"k" not in rows
    assert rows.offset == 1


def test_restoring_a_record_again_changes_nothing(rows: Rows) -> None:
    rows.restore(records(b"one", b"two"), 1)
    rows.restore(records(b"two", first=1), 1)
    assert dict(rows) == {b"k": b"two"}
    assert rows.offset == 1


def test_a_record_without_a_key_is_no_row(rows: Rows) -> None:
    rows.restore(records(b"value", key=None), 0)
    assert (len(rows), rows.offset) == (0, 0)


def test_a_run_may_cover_more_than_its_records(rows: Rows) -> None:
    rows.restore(records(b"one"), 3)
    rows.restore([], 5)
    assert (dict(rows), rows.offset) == ({b"k": b"one"}, 5)


def test_what_was_restored_before_is_not_forgotten(rows: Rows) -> None:
    rows.restore(records(b"one", b"two"), 1)
    rows.restore(records(b"two", first=1), 1)
    rows.restore([], 0)
    assert rows.offset == 1


def test_what_the_agent_puts_is_what_it_gets(rows: Rows) -> None:
    rows[b"k"] = b"mine"
    assert rows[b"k"] == rows.get(b"k") == b"mine"
    assert (list(rows), len(rows)) == ([b"k"], 1)
    del rows[b"k"]
    assert b"k" not in rows
    assert (list(rows), rows.get(b"k")) == ([], None)
    with pytest.raises(KeyError):
        del rows[b"k"]


def test_what_is_written_is_there_before_and_after_it_is_acknowledged(rows: Rows) -> None:
    rows.restore(records(b"old"), 0)
    rows[b"k"] = b"new"
    held = rows.hold([(b"k", b"new")])
    assert (rows[b"k"], rows.offset) == (b"new", 0)
    rows.include(held, 1)
    assert (rows[b"k"], rows.offset) == (b"new", 1)


def test_a_later_change_outlives_the_acknowledgement_of_an_earlier_one(rows: Rows) -> None:
    held = []
    for value in (b"1", None, b"3", None, b"5"):
        change_ = (b"k", value)
        if value is None:
            del rows[b"k"]
        else:
            rows[b"k"] = value
        held.append(rows.hold([change_]))
    for offset, one in enumerate(held):
        assert rows[b"k"] == b"5"
        rows.include(one, offset)
    assert (dict(rows), rows.offset) == ({b"k": b"5"}, 4)


def test_a_write_may_be_acknowledged_in_parts(rows: Rows) -> None:
    changes: list[Change] = [(b"%d" % n, b"v") for n in range(4)]
    for key, value in changes:
        rows[key] = value or b""
    held = rows.hold(changes)
    rows.include(held[:3], 2)
    assert (len(rows), rows.offset) == (4, 2)
    rows.include(held[3:], 3)
    assert (len(rows), rows.about(), rows.offset) == (4, 4, 3)


def test_a_tombstone_that_is_written_deletes(rows: Rows) -> None:
    change(rows, (b"a", b"1"), (b"b", b"2"))
    change(rows, (b"a", None))
    assert (dict(rows), rows.offset) == ({b"b": b"2"}, 2)


def test_the_changelog_replaces_what_the_agent_put(rows: Rows) -> None:
    rows[b"k"] = b"mine"
    rows.restore(records(b"one"), 0)
    assert rows[b"k"] == b"one"


def test_rows_can_be_forgotten_and_restored(rows: Rows) -> None:
    change(rows, (b"a", b"1"))
    rows[b"b"] = b"2"
    rows.forget()
    assert (dict(rows), rows.offset) == ({}, -1)
    rows.restore(records(b"one"), 0)
    assert (dict(rows), rows.offset) == ({b"k": b"one"}, 0)
