"""Whether an endpoint says that it is ready."""

from __future__ import annotations

import pytest

from app.endpoint.health import Health
from tests.unit.endpoint.asgi import Bench


async def test_livez_answers_readyz_says_what_is_not_ready() -> None:
    health = Health(ready=False, not_ready=["Kafka does not answer: _TRANSPORT"])

    async def ready() -> Health:
        return health

    bench = Bench(ready=ready)
    live = await bench.ask("GET", "/livez")
    assert live is not None
    assert live.status == 200
    answer = await bench.ask("GET", "/readyz")
    assert answer is not None
    assert answer.status == 503
    assert answer.json == {"ready": False, "not_ready": health.not_ready, "warnings": []}
    health = Health(ready=True, warnings=["Kafka does not answer: _TRANSPORT"])
    answer = await bench.ask("GET", "/readyz")
    assert answer is not None
    assert answer.status == 200
    assert answer.json == {"ready": True, "not_ready": [], "warnings": health.warnings}


@pytest.mark.parametrize("ready", [True, False])
async def test_metrics_say_whether_it_is_ready(ready: bool) -> None:
    async def asked() -> Health:
        return Health(ready=ready)

    bench = Bench(ready=asked)
    metrics = await bench.ask("GET", "/metrics")
    assert metrics is not None
    assert b"\nhookline_endpoint_ready %.1f\n" % ready in metrics.body
