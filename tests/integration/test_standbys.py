"""Workers that follow each other's rows go on with them when one is gone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from app.kafka.broker import Broker
from app.kafka.log import Log
from tests.faults.trial import Trial
from tests.faults.trial import trial as one_trial
from tests.integration import local_http
from tests.integration.worker_process import WorkerProcess

pytestmark = pytest.mark.long(90)


@pytest.fixture(params=["memory", "rocksdb"])
def trial(
    request: pytest.FixtureRequest,
    broker: Broker,
    prefix: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Trial]:
    monkeypatch.setenv("HOOKLINE_WORKER_STORE", request.param)
    monkeypatch.setenv("HOOKLINE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("HOOKLINE_WORKER_STANDBYS", "1")
    with one_trial(broker, prefix, tmp_path, seed=6) as trial:
        yield trial


def counted(worker: WorkerProcess, name: str) -> float:
    page = local_http.get(worker.url + "/metrics").text
    return sum(
        sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
        if sample.name == f"hookline_worker_{name}"
    )


def changelogs(trial: Trial) -> int:
    """How many records there are in them."""
    topics = trial.topics
    with Log(trial.broker.connection) as log:
        return sum(1 for topic in (*topics.state, topics.ledger) for _ in log.read(topic))


def test_a_standby_goes_on_with_the_rows_it_has(trial: Trial) -> None:
    trial.pump.produce(2_000)
    owner = trial.crew.start()
    trial.until_committed(2_000)
    standby = trial.crew.start()
    standby.wait_until_ready(60)
    there = changelogs(trial)
    trial.crew.until(lambda: counted(standby, "restored_total") == there)
    trial.crew.kill(owner)
    trial.crew.until(lambda: counted(standby, "owned") == 4)
    standby.wait_until_ready(60)
    assert counted(standby, "restored_total") == there
    trial.pump.start()
    trial.until_committed(500)
    trial.conclude()


def test_standbys_while_workers_come_and_go(trial: Trial) -> None:
    trial.pump.produce(500)
    trial.pump.start()
    for worker in [trial.crew.start() for _ in range(3)]:
        worker.wait_until_ready(60)
    for _ in range(2):
        trial.until_committed(300)
        trial.crew.kill(trial.crew.workers[0])
        trial.proof.nothing_is_committed_ahead()
        trial.until_committed(300)
        trial.crew.start().wait_until_ready(60)
    trial.conclude()
