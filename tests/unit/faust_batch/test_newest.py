"""Rows that a replaced worker wrote after newer ones are known, and the newer ones kept."""

from __future__ import annotations

from app.faust_batch.memory import MemoryRecord
from app.faust_batch.newest import Newest


def greater(old: bytes, new: bytes) -> bytes:
    return old if old > new else new


def record(offset: int, key: bytes | None, value: bytes | None) -> MemoryRecord:
    return MemoryRecord(offset, 0, key, value, [])


class Rows(dict[bytes, bytes]):
    """What a changelog leaves, run after run."""

    def __init__(self) -> None:
        super().__init__()
        self.newest = Newest(greater)

    def take(self, *records: MemoryRecord) -> None:
        for one in self.newest.take(0, self, records):
            assert one.key is not None
            if one.value is None:
                self.pop(one.key, None)
            else:
                self[one.key] = one.value

    def overwritten(self) -> set[bytes]:
        return self.newest.overwritten(0)


def test_rows_that_only_get_newer_are_as_the_changelog_has_them() -> None:
    rows = Rows()
    rows.take(record(0, b"a", b"1"), record(1, b"b", b"1"), record(2, b"a", b"2"))
    rows.take(record(3, b"b", b"2"), record(4, None, b"nobody's"))
    assert rows == {b"a": b"2", b"b": b"2"}
    assert rows.overwritten() == set()


def test_an_older_row_that_comes_later_is_not_taken() -> None:
    rows = Rows()
    rows.take(record(0, b"a", b"5"), record(1, b"b", b"1"), record(2, b"a", b"3"))
    rows.take(record(3, b"a", b"4"))
    assert rows == {b"a": b"5", b"b": b"1"}
    assert rows.overwritten() == {b"a"}
    assert rows.overwritten() == set()


def test_what_has_been_written_again_is_no_longer_overwritten() -> None:
    rows = Rows()
    rows.take(record(0, b"a", b"5"), record(1, b"a", b"3"))
    rows.take(record(2, b"a", b"5"))
    assert rows == {b"a": b"5"}
    assert rows.overwritten() == set()


def test_a_changelog_that_is_read_again_changes_nothing() -> None:
    rows = Rows()
    log = [record(n, b"a", b"%d" % n) for n in range(5)]
    rows.take(*log)
    rows.take(*log[:2])
    rows.take(*log[2:])
    assert rows == {b"a": b"4"}
    assert rows.overwritten() == set()


def test_a_tombstone_is_newer_than_any_row() -> None:
    rows = Rows()
    rows.take(record(0, b"a", b"5"), record(1, b"a", None), record(2, b"a", b"1"))
    assert rows == {b"a": b"1"}
    rows.take(record(3, b"a", None))
    assert rows == {}
    assert rows.overwritten() == set()
