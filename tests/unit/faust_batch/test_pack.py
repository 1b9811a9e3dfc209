"""Rows as record batches, read back by aiokafka's own parser."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.record.memory_records import MemoryRecords

from app.faust_batch.batch import Outgoing
from app.faust_batch.producer import pack

NOW = 1_700_000_000_000


def packed(rows: Iterable[Outgoing], size: int = 16_384) -> list[list[Any]]:
    """Each record batch's records."""
    return [unpacked(builder) for builder in pack(rows, lambda: BatchBuilder(size, 0), NOW)]


def unpacked(builder: BatchBuilder) -> list[Any]:
    buffer = MemoryRecords(bytes(builder._build()))
    records = []
    while buffer.has_next():
        batch: Any = buffer.next_batch()
        records.extend(batch)
    return records


def test_key_value_headers_and_timestamp_are_kept() -> None:
    [[record]] = packed([(b"k", b"v", [("a", b"1"), ("b", b"2")], 5)])
    assert (record.key, record.value, record.timestamp) == (b"k", b"v", 5)
    assert list(record.headers) == [("a", b"1"), ("b", b"2")]


def test_a_row_without_a_timestamp_is_of_now() -> None:
    [[old, new]] = packed([(b"k", b"v", [], 5), (b"k", b"w", [], None)])
    assert (old.timestamp, new.timestamp) == (5, NOW)


def test_a_value_of_none_is_a_tombstone() -> None:
    [[record]] = packed([(b"k", None, [], None)])
    assert record.value is None


def test_the_order_is_kept_over_record_batches() -> None:
    rows = [(b"k", b"%04d" % n, [], None) for n in range(1_000)]
    batches = packed(rows, size=2_000)
    assert len(batches) > 5
    assert [record.value for batch in batches for record in batch] == [row[1] for row in rows]


def test_a_row_larger_than_a_record_batch_goes_alone() -> None:
    huge = bytes(50_000)
    batches = packed([(b"k", b"a", [], None), (b"k", huge, [], None), (b"k", b"b", [], None)])
    assert [[record.value for record in batch] for batch in batches] == [[b"a"], [huge], [b"b"]]


def test_nothing_makes_no_record_batch() -> None:
    assert packed([]) == []
