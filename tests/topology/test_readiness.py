"""Whether a worker is ready, and what its /readyz says."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from prometheus_client import CollectorRegistry

from app.faust_batch.app import App
from tests.ports import free_port
from tests.unit.faust_batch.builders import app
from topologies.health import health_server
from topologies.readiness import Readiness, readiness_of


@pytest.fixture
def worker() -> App:
    """One that has recovered; a session is ten seconds."""
    worker = app()
    worker.is_ready = True
    return worker


def silent_for(worker: App, seconds: float) -> Readiness:
    worker.silence._heard_at -= seconds
    return readiness_of(worker)


def test_it_is_ready_while_it_hears_from_kafka(worker: App) -> None:
    assert silent_for(worker, 3) == Readiness([], [])


def test_it_warns_when_it_hears_nothing_and_stays_ready(worker: App) -> None:
    found = silent_for(worker, 75)
    assert not found.not_ready, "to start it anew would not help"
    assert found.warnings == ["Kafka has not answered for 75 s: webhooks wait until it does"]


def test_one_that_recovers_is_not_ready(worker: App) -> None:
    worker.is_ready = False
    [why] = silent_for(worker, 75).not_ready
    assert why == "rows are being recovered, or no partition is owned yet"


@pytest.mark.parametrize(("not_ready", "status"), [([], 200), (["it recovers"], 503)])
async def test_readyz_says_both(not_ready: list[str], status: int) -> None:
    port, found = free_port(), Readiness(not_ready, ["Kafka is away"])
    async with (
        health_server("127.0.0.1", port, lambda: found, CollectorRegistry()),
        httpx.AsyncClient() as client,
    ):
        answer = await client.get(f"http://127.0.0.1:{port}/readyz")
    said: dict[str, Any] = {"not_ready": not_ready, "warnings": ["Kafka is away"]}
    assert (answer.status_code, answer.json()) == (status, {"ready": status == 200, **said})
