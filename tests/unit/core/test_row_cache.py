"""The latest used rows stay objects, within a bound."""

from __future__ import annotations

from app.core.contact import Contact
from app.core.row_cache import Place, RowCache


def row(id: int) -> Contact:
    return Contact(source="shop", vendor="varda", contact_id=str(id), partition=0)


def place(id: int) -> Place:
    return "contact", str(id)


def test_a_row_is_found_until_it_is_dropped() -> None:
    rows = RowCache(1_000).of_partition()
    kept = row(1)
    rows.put(place(1), kept, 10)

    assert rows.get(place(1)) is kept
    assert rows.get(place(2)) is None
    rows.drop(place(1))
    assert rows.get(place(1)) is None


def test_the_bound_holds_whatever_is_put() -> None:
    rows = RowCache(1_000).of_partition()
    for id in range(5_000):
        rows.put(place(id), row(id), 10)
        assert 10 * (len(rows.young) + len(rows.old)) <= 1_010

    assert rows.get(place(0)) is None
    assert rows.get(place(4_999)) is not None


def test_a_row_that_is_used_stays_while_others_come_and_go() -> None:
    rows = RowCache(1_000).of_partition()
    busy = row(0)
    rows.put(place(0), busy, 10)
    for id in range(1, 5_000):
        rows.put(place(id), row(id), 10)
        if id % 20 == 0:
            assert rows.get(place(0)) is busy


def test_a_row_that_grows_counts_once() -> None:
    rows = RowCache(1_000).of_partition()
    rows.put(place(1), row(1), 10)
    for size in range(400):
        rows.put(place(2), row(2), size)

    assert rows.get(place(1)) is not None


def test_a_partition_that_is_idle_leaves_its_share_to_others() -> None:
    cache = RowCache(1_000)
    busy, idle = cache.of_partition(), cache.of_partition()
    idle.put(place(0), row(0), 10)
    for id in range(1, 200):
        busy.put(place(id), row(id), 10)

    assert idle.get(place(0)) is None
    assert len(busy.young) + len(busy.old) > 50


def test_equal_keys_of_two_partitions_are_two_rows() -> None:
    cache = RowCache(1_000)
    one, other = cache.of_partition(), cache.of_partition()
    one.put(place(1), row(1), 10)

    assert other.get(place(1)) is None


def test_a_cleared_cache_holds_nothing() -> None:
    cache = RowCache(1_000)
    rows = cache.of_partition()
    rows.put(place(1), row(1), 10)
    cache.clear()

    assert rows.get(place(1)) is None
