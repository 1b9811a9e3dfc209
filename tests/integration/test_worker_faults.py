"""How a worker ends and goes on, with an agent that has nothing to do with webhooks. What happens
to workers beyond that, tests/faults do to real ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.faust_batch.app import EXIT_FAILED
from app.kafka.broker import free_port
from tests.integration.toy_flow import Flow, Worker, toy_flow, wait_for

SLOWLY = ("--pause", "0.02")


@pytest.fixture
def flow(kafka: str, prefix: str, tmp_path: Path) -> Iterator[Flow]:
    with toy_flow(kafka, prefix, tmp_path) as flow:
        yield flow


def amounts(count: int) -> list[bytes]:
    return [b"%0200d" % (n % 97) for n in range(count)]  # some 70 of them to a fetch


def test_rows_come_back_and_go_on(flow: Flow) -> None:
    for seed in (1, 2):
        flow.produce(amounts(3_000), seed)
        worker = flow.start()
        flow.wait_for_share(1, worker)
        assert worker.stop() == 0
        flow.assert_rows_are_right()


def test_a_stopped_worker_has_committed_what_it_had_begun(flow: Flow) -> None:
    flow.produce(amounts(6_000))
    worker = flow.start(*SLOWLY)
    flow.wait_for_share(0.1, worker)
    assert worker.stop() == 0
    committed, sent = flow.committed(), flow.sent()
    assert {number: set(range(offset)) for number, offset in committed.items()} == dict(sent)


def test_a_worker_whose_kafka_goes_away_as_it_starts_ends_to_be_started_again(flow: Flow) -> None:
    worker = flow.start(bootstrap=f"127.0.0.1:{free_port()}")
    assert worker.exit_code() == EXIT_FAILED
    assert "the worker could not start" in worker.said()


def test_a_worker_that_the_group_refuses_ends(flow: Flow) -> None:
    worker = flow.start("--session", "0.1")
    assert worker.exit_code() == EXIT_FAILED
    assert "InvalidSessionTimeoutError" in worker.said()


def test_a_worker_stops_while_its_group_waits_for_another_to_join(flow: Flow) -> None:
    worker = flow.start("--session", "20")
    worker.wait_until_ready()
    frozen = flow.start("--session", "20")
    wait_for(worker.is_ready_again, 15, worker.said)
    frozen.freeze()
    flow.start("--session", "20")
    wait_for(lambda: _is_asked_to_rejoin(worker, times=2), 15, worker.said)
    assert worker.stop() == 0
    frozen.thaw()


def test_a_worker_told_to_stop_and_then_to_rejoin_has_committed_what_it_had_begun(
    flow: Flow,
) -> None:
    pausing = ("--session", "2", "--pause", "5")
    worker = flow.start(*pausing)
    worker.wait_until_ready()
    flow.produce(amounts(1_000))
    wait_for(lambda: "a batch is begun" in worker.said(), 15, worker.said)
    worker.child.ask_to_stop()
    flow.start(*pausing)
    assert worker.exit_code() == 0
    assert _is_asked_to_rejoin(worker), worker.said()
    assert sum(flow.committed().values()) > 0


def _is_asked_to_rejoin(worker: Worker, times: int = 1) -> bool:
    return worker.said().count("because it is rebalancing") >= times
