"""What processes say of themselves while Kafka is away: ready, with a warning."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.integration import local_http
from tests.integration.inspector_process import InspectorProcess
from tests.integration.mortal import Mortal, mortal
from tests.integration.worker_process import WorkerProcess
from tests.one_kafka import PARTITIONS

__all__ = ["mortal"]

SESSION_S = 6


@pytest.fixture
def urls(mortal: Mortal, tmp_path: Path) -> Iterator[dict[str, str]]:
    """Of an endpoint, a worker and an inspector, which are ready."""
    kafka, prefix = mortal.broker.bootstrap, mortal.topics.prefix
    session = {"HOOKLINE_WORKER_SESSION_TIMEOUT_S": str(SESSION_S)}
    worker = WorkerProcess(tmp_path, kafka, prefix, PARTITIONS, env=session)
    inspector = InspectorProcess(tmp_path, prefix, kafka)
    try:
        worker.wait_until_ready()
        inspector.wait_until_ready()
        yield {"endpoint": mortal.endpoint.url, "worker": worker.url, "inspector": inspector.url}
    finally:
        worker.child.kill()
        inspector.child.kill()


@pytest.mark.parametrize("how", ["pause", "kill"])
def test_each_warns_until_kafka_is_back_and_stays_ready(
    mortal: Mortal, urls: dict[str, str], how: str
) -> None:
    _wait_for(lambda: not any(_warnings(urls).values()))
    time.sleep(SESSION_S / 2 + 1)
    assert not any(_warnings(urls).values()), "that no webhook comes is no silence"
    getattr(mortal, how)()
    _wait_for(lambda: all(_warnings(urls).values()))
    assert _statuses(urls) == {200}
    said = _warnings(urls)
    assert said["worker"][0].startswith("Kafka has not answered for ")
    assert said["inspector"] == ["Kafka does not answer: what is shown may be old"]
    if how == "pause":
        mortal.resume()
    else:
        mortal.start()
    _wait_for(lambda: not any(_warnings(urls).values()))


def _warnings(urls: dict[str, str]) -> dict[str, list[str]]:
    return {name: local_http.get(f"{url}/readyz").json()["warnings"] for name, url in urls.items()}


def _statuses(urls: dict[str, str]) -> set[int]:
    return {local_http.get(f"{url}/readyz").status_code for url in urls.values()}


def _wait_for(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + 40
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.2)
