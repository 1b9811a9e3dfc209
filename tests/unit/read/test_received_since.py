"""Where a topic is read from, for what was received since some time."""

from __future__ import annotations

import pytest

from app.kafka.record import Span
from app.read.received_since import spans_received_since
from tests.unit.read.memory_log import MemoryLog

TOPIC = "webhooks.raw"


@pytest.mark.parametrize(
    ("at", "first"),
    [(None, 0), (0, 0), (5_000_000, 1), (5_000_999, 1), (5_001_000, 1), (5_001_001, 2)],
)
def test_a_record_received_within_the_millisecond_of_its_timestamp_is_read(
    at: int | None, first: int
) -> None:
    log = MemoryLog(1)
    for timestamp_ms in (1_000, 5_000, 9_000):
        log.append(TOPIC, 0, b"varda/call/1", b"{}", timestamp_ms=timestamp_ms)
    assert spans_received_since(log, TOPIC, at) == {0: Span(first, 3)}
