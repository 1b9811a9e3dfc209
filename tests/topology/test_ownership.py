"""Given rebalances, batches and recoveries, then what the worker shows of its partitions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from faust.types.tuples import TP
from structlog.testing import capture_logs

from app.faust_batch.batch import Batch
from tests.unit.faust_batch.builders import batch
from topologies.metrics import WorkerMetrics

RAW = "webhooks.raw"


def run(partition: int, count: int, left: int = 0) -> Batch:
    """Of a changelog that goes on after it."""
    one = batch(0, count, TP("state.calls", partition))
    one.end_offset = one.next_offset + left
    return one


class Worker:
    """Metrics that are told what a worker would tell them."""

    def __init__(self) -> None:
        self.metrics = WorkerMetrics()

    def shows(self, name: str, **labels: str) -> float | None:
        return self.metrics.registry.get_sample_value(f"hookline_worker_{name}", labels)

    def rebalance(self, *partitions: int, rows: int = 0, standby: int = 0) -> Mapping[str, Any]:
        """What is logged of it."""
        self.metrics.revoked([])
        with capture_logs() as lines:
            if standby:
                self.metrics.restored("calls", run(3, standby), True)
            if rows:
                self.metrics.restored("calls", run(0, rows), False)
                self.metrics.recovered("calls", partitions, rows)
            self.metrics.ready([TP(RAW, number) for number in partitions], 0.25)
        [line] = lines
        return line


@pytest.fixture
def worker() -> Worker:
    return Worker()


def test_each_assignment_is_one_line(worker: Worker) -> None:
    assert worker.rebalance(0, 1, rows=7) == {
        "event": "ready",
        "log_level": "info",
        "partitions": [0, 1],
        "gained": [0, 1],
        "lost": [],
        "rows": {"calls": 7},
        "read": 7,
        "after_s": 0.25,
    }
    line = worker.rebalance(1, 2)
    assert (line["gained"], line["lost"], line["rows"], line["read"]) == ([2], [0], {}, 0)


def test_it_shows_the_partitions_that_it_owns(worker: Worker) -> None:
    worker.rebalance(0, 1)
    worker.rebalance(1)
    assert worker.shows("owned", partition="0") is None
    assert worker.shows("owned", partition="1") == 1
    assert worker.shows("rebalances_total") == 2


def test_it_is_ready_from_the_end_of_a_recovery_to_the_next_revocation(worker: Worker) -> None:
    assert worker.shows("ready") == 0
    worker.rebalance(0)
    assert worker.shows("ready") == 1
    worker.metrics.revoked([])
    assert worker.shows("ready") == 0


def test_lag_is_what_is_not_processed_of_what_the_broker_spoke_of(worker: Worker) -> None:
    first, second = batch(5, 3, TP(RAW, 0)), batch(8, 2, TP(RAW, 0))
    first.end_offset, second.end_offset = 10, 40
    worker.metrics.fetched(first)
    assert worker.shows("lag", partition="0") == 5
    worker.metrics.fetched(second)
    assert worker.shows("lag", partition="0") == 35
    worker.metrics.processed(first, 3, 0.5, 0.25)
    assert worker.shows("lag", partition="0") == 32
    worker.metrics.revoked([])
    worker.metrics.processed(second, 2, 0.5, 0.25)
    assert worker.shows("lag", partition="0") is None


def test_time_of_batches_is_folding_or_writing(worker: Worker) -> None:
    one = batch(5, 3, TP(RAW, 2))
    worker.metrics.processed(one, 3, 0.5, 0.25)
    worker.metrics.processed(one, 4, 0.5, 0.5)
    assert worker.shows("fold_seconds_total", partition="2") == 1
    assert worker.shows("write_seconds_total", partition="2") == 0.75
    assert worker.shows("processed_total", partition="2") == 7
    assert worker.shows("batches_total", partition="2") == 2


def test_a_recovery_shows_what_is_left_to_read(worker: Worker) -> None:
    worker.metrics.revoked([])
    worker.metrics.restored("calls", run(3, 10, left=5), False)
    assert worker.shows("recovery_left", table="calls", partition="3") == 5
    worker.metrics.restored("calls", run(3, 5), False)
    assert worker.shows("recovery_left", table="calls", partition="3") == 0
    assert worker.shows("restored_total", table="calls") == 15


def test_a_standby_shows_how_far_it_is_behind_and_is_no_recovery(worker: Worker) -> None:
    worker.rebalance(0)
    worker.metrics.restored("calls", run(3, 10, left=5), True)
    assert worker.shows("standby_left", table="calls", partition="3") == 5
    assert worker.shows("recovery_left", table="calls", partition="3") is None
    assert worker.rebalance(0, standby=10)["read"] == 0


def test_transactions_are_timed(worker: Worker) -> None:
    worker.metrics.transacted(TP(RAW, 0), 3, 0.004)
    assert worker.shows("transaction_seconds_sum") == 0.004


def test_transactions_that_came_to_nothing_are_counted(worker: Worker) -> None:
    worker.metrics.aborted(TP(RAW, 2))
    assert worker.shows("transactions_aborted_total", partition="2") == 1


def test_acknowledgements_are_timed(worker: Worker) -> None:
    worker.metrics.acknowledged("state.calls", 10, 0.004)
    assert worker.shows("ack_seconds_bucket", le="0.0025") == 0
    assert worker.shows("ack_seconds_bucket", le="0.005") == 1
