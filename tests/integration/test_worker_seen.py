"""What a worker shows of its recovery once it says that it is ready, on a real Kafka."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from prometheus_client.parser import text_string_to_metric_families

from app.core.projection import TABLES
from app.core.vendors import VENDORS
from app.core.vendors.contract import Source
from app.read.tables import state_topics
from app.simulate.traffic import Traffic
from tests.integration import local_http
from tests.integration.on_kafka import publish
from tests.integration.worker_process import WorkerProcess
from tests.one_kafka import PARTITIONS, new_prefix, provided_topics
from tests.unit.read.installation import RECEIVED, Installation


@pytest.fixture(scope="module")
def projected(kafka: str) -> Iterator[Installation]:
    """Webhooks whose rows are on Kafka already."""
    sources = [Source(name=v.name, vendor=v.name, account_id="1") for v in VENDORS]
    hookline = Installation(PARTITIONS, new_prefix())
    deliveries = Traffic(sources, seed=5, now=RECEIVED).deliveries(300)
    hookline.receive_all(delivery.webhook for delivery in deliveries)
    hookline.work()
    with provided_topics(kafka, hookline.topics.prefix):
        publish(hookline, kafka)
        yield hookline


@pytest.fixture(scope="module")
def worker(
    projected: Installation, kafka: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Worker]:
    folder = tmp_path_factory.mktemp("worker")
    process = WorkerProcess(folder, kafka, projected.topics.prefix, PARTITIONS)
    try:
        process.wait_until_ready()
        yield Worker(process)
    finally:
        process.child.kill()


class Worker:
    def __init__(self, process: WorkerProcess) -> None:
        page = local_http.get(process.url + "/metrics").text
        self._samples = [
            sample for family in text_string_to_metric_families(page) for sample in family.samples
        ]
        lines = [json.loads(line) for line in process.said().splitlines() if line.startswith("{")]
        [self.assignment] = [line for line in lines if line["event"] == "ready"]

    def shows(self, name: str, **labels: str) -> list[float]:
        """The values of a metric, one for each of its labels that has these."""
        return [
            sample.value
            for sample in self._samples
            if sample.name == f"hookline_worker_{name}" and labels.items() <= sample.labels.items()
        ]


def test_when_it_is_ready_every_row_is_recovered(projected: Installation, worker: Worker) -> None:
    topics = projected.topics
    for table in TABLES:
        written = list(projected.log.read(state_topics(topics)[table]))
        keys = {record.key for record in written}
        assert keys
        assert worker.shows("rows", table=f"{table}s") == [len(keys)]
        assert worker.shows("restored_total", table=f"{table}s") == [len(written)]
    left = worker.shows("recovery_left")
    assert left
    assert set(left) == {0}
    assert worker.shows("ready") == [1]
    assert worker.shows("owned") == [1] * PARTITIONS


def test_the_log_tells_of_it_in_one_line(projected: Installation, worker: Worker) -> None:
    everywhere = list(range(PARTITIONS))
    line = worker.assignment
    assert (line["partitions"], line["gained"], line["lost"]) == (everywhere, everywhere, [])
    assert line["rows"].keys() == {"conversations", "calls", "contacts", "ledger"}
    assert line["read"] >= sum(line["rows"].values()) > 0
