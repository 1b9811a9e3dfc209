"""What the endpoint shows of its spool, beside how full it may get."""

from __future__ import annotations

import pytest

from app.endpoint.breaker import Breaker
from app.endpoint.errors import SpoolFull
from app.endpoint.metrics import Metrics
from app.endpoint.spool.bounds import Bounds
from app.endpoint.spool.memory import MemorySpool
from tests.unit.endpoint.spool.webhooks import webhook


def shown(metrics: Metrics, name: str) -> float | None:
    return metrics.registry.get_sample_value(f"hookline_endpoint_{name}")


async def test_a_spool_that_fills() -> None:
    metrics, spool, breaker = Metrics(), MemorySpool(max_entries=1), Breaker()
    metrics.watch_spool(spool, Bounds(max_bytes=4_096, max_age_s=60), breaker)
    assert shown(metrics, "spool_limit_bytes") == 4_096
    assert shown(metrics, "spool_limit_seconds") == 60
    assert (shown(metrics, "spool_entries"), shown(metrics, "spool_oldest_seconds")) == (0, 0)
    assert (shown(metrics, "spool_ready"), shown(metrics, "kafka_away")) == (1, 0)
    breaker.trip()
    await spool.keep(webhook(1))
    with pytest.raises(SpoolFull):
        await spool.keep(webhook(2))
    assert shown(metrics, "spool_entries") == 1
    assert (shown(metrics, "spool_bytes") or 0) > 0
    assert (shown(metrics, "spool_oldest_seconds") or 0) > 0
    assert (shown(metrics, "spool_ready"), shown(metrics, "kafka_away")) == (0, 1)


async def test_a_spool_that_cannot_be_written() -> None:
    metrics, spool = Metrics(), MemorySpool()
    metrics.watch_spool(spool, Bounds(max_bytes=4_096, max_age_s=60), Breaker())
    spool.broken = True
    assert shown(metrics, "spool_ready") == 0
