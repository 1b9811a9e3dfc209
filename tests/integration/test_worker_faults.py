"""Whatever happens to a worker, rows are right and nothing is committed that was not sent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.faust_batch.app import EXIT_FAILED
from tests.integration.toy_flow import Flow, toy_flow

SLOWLY = ("--pause", "0.02")


@pytest.fixture
def flow(kafka: str, prefix: str, tmp_path: Path) -> Iterator[Flow]:
    with toy_flow(kafka, prefix, tmp_path) as flow:
        yield flow


def amounts(count: int) -> list[bytes]:
    return [b"%0200d" % (n % 97) for n in range(count)]  # some 70 of them to a fetch


def test_killed_twice_on_the_way(flow: Flow) -> None:
    flow.produce(amounts(6_000))
    for share in (0.2, 0.5):
        worker = flow.start(*SLOWLY)
        flow.wait_for_share(share, worker)
        worker.child.kill()
        assert worker.exit_code() == -9
        flow.assert_nothing_committed_ahead()
    worker = flow.start()
    flow.wait_for_share(1, worker)
    assert worker.stop() == 0
    flow.assert_nothing_committed_ahead()
    flow.assert_rows_are_right()


def test_a_second_worker_joins_and_leaves(flow: Flow) -> None:
    flow.produce(amounts(15_000))
    first = flow.start(*SLOWLY)
    flow.wait_for_share(0.1, first)
    second = flow.start(*SLOWLY)
    second.wait_until_ready()
    at_join = sum(flow.committed().values())
    flow.wait_for_share(0.6, first)
    assert second.stop() == 0
    assert at_join < 9_000
    assert sum(flow.committed().values()) < 15_000
    flow.assert_nothing_committed_ahead()
    flow.wait_for_share(1, first)
    assert first.stop() == 0
    flow.assert_rows_are_right()


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


@pytest.mark.parametrize("fault", [b"raise", b"huge"])
def test_what_is_no_fault_of_a_record_ends_the_worker(flow: Flow, fault: bytes) -> None:
    flow.produce([*amounts(5_000), fault, *amounts(1_000)])
    worker = flow.start()
    assert worker.exit_code() == EXIT_FAILED
    flow.assert_nothing_committed_ahead()
    assert sum(flow.committed().values()) < 6_001
    worker = flow.start("--tolerant")
    flow.wait_for_share(1, worker)
    assert worker.stop() == 0
    flow.assert_rows_are_right()


def test_a_worker_that_the_group_refuses_ends(flow: Flow) -> None:
    worker = flow.start("--session", "0.1")
    assert worker.exit_code() == EXIT_FAILED
    assert "InvalidSessionTimeoutError" in worker.said()
