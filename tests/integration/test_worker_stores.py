"""`hookline worker` with its rows in RocksDB."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.kafka.admin import administration
from app.kafka.broker import Broker
from app.kafka.connection import Connection
from app.kafka.provision import apply, delete, topic_ids
from app.kafka.topics import Topics, declare
from tests.faults.trial import Trial
from tests.faults.trial import trial as one_trial
from tests.integration.toy_flow import wait_for
from tests.integration.worker_process import WorkerProcess
from tests.one_kafka import PARTITIONS

pytestmark = pytest.mark.long(40)


@pytest.fixture(autouse=True)
def rocksdb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOKLINE_WORKER_STORE", "rocksdb")
    monkeypatch.setenv("HOOKLINE_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture
def trial(broker: Broker, prefix: str, tmp_path: Path) -> Iterator[Trial]:
    with one_trial(broker, prefix, tmp_path, seed=4) as trial:
        yield trial


def test_rows_that_a_stopped_and_a_killed_worker_left_are_gone_on_with(trial: Trial) -> None:
    trial.pump.produce(500)
    trial.pump.start()
    stopped = trial.crew.start()
    trial.until_committed(300)
    assert trial.crew.stop(stopped) == 0
    killed = trial.crew.start()
    trial.until_committed(300)
    trial.crew.kill(killed)
    trial.proof.nothing_is_committed_ahead()
    last = trial.crew.start()
    trial.until_committed(300)
    trial.conclude()
    for worker in (stopped, killed, last):
        assert "from the changelog again" not in worker.said()


def test_workers_of_one_data_folder_share_the_work(trial: Trial) -> None:
    trial.pump.produce(500)
    trial.pump.start()
    for worker in [trial.crew.start() for _ in range(3)]:
        worker.wait_until_ready(60)
    trial.until_committed(300)
    trial.crew.kill(trial.crew.workers[0])
    trial.until_committed(300)
    assert trial.crew.stop(trial.crew.workers[0]) == 0
    trial.until_committed(300)
    trial.crew.start().wait_until_ready(60)
    trial.conclude()


def test_a_folder_that_cannot_be_used_is_named(kafka: str, topics: Topics, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder")
    worker = WorkerProcess(tmp_path, kafka, topics.prefix, PARTITIONS)
    assert worker.exit_code() == 2
    assert f"The worker cannot keep its rows in {tmp_path}/data/rows" in worker.said()
    assert "HOOKLINE_DATA_DIR" in worker.said()
    assert "Traceback" not in worker.said()


def test_a_topic_that_is_made_again_has_another_id(kafka: str, topics: Topics) -> None:
    def ids() -> dict[str, str]:
        return topic_ids(Connection(kafka), [topics.ledger])

    before = ids()
    assert before.keys() == {topics.ledger}
    with administration(Connection(kafka)) as admin:
        delete(admin, [topics.ledger])
        wait_for(lambda: ids() == {}, 10, lambda: "it is still there")
        apply(admin, declare(topics, partitions=PARTITIONS, replication=1))
    wait_for(lambda: ids() != {}, 10, lambda: "it is not there again")
    assert ids() != before
