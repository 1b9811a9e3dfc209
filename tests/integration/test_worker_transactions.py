"""Outputs and offsets of a worker are seen together, once, and none of one that was replaced."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.dying import PHASES
from tests.integration.toy_flow import Flow, Worker, toy_flow, wait_for

pytestmark = pytest.mark.long(20)

SLOWLY = ("--pause", "0.3")  # between the fold and what is sent: there it is when it is frozen


@pytest.fixture
def flow(kafka: str, prefix: str, tmp_path: Path) -> Iterator[Flow]:
    with toy_flow(kafka, prefix, tmp_path) as flow:
        yield flow


def amounts(count: int) -> list[bytes]:
    return [b"%0200d" % (n % 97) for n in range(count)]


def replace_while_frozen(flow: Flow, *options: str) -> tuple[Worker, Worker]:
    """One whose partitions another has taken over, and brought to their ends, wakes."""
    flow.produce(amounts(3_000))
    frozen = flow.start(*SLOWLY, *options)
    flow.wait_for_share(0.1, frozen)
    frozen.freeze()
    other = flow.start(*options)
    flow.wait_for_share(1, other)
    frozen.thaw()
    wait_for(frozen.is_ready_again, 20, frozen.said)
    return frozen, other


def test_a_worker_that_was_replaced_while_it_was_frozen_writes_nothing(flow: Flow) -> None:
    frozen, other = replace_while_frozen(flow)
    assert "another worker's" in frozen.said()
    flow.assert_exactly_once()
    flow.produce(amounts(1_000), seed=2)  # both go on, each with what is right
    flow.wait_for_share(1, other)
    flow.assert_exactly_once()
    assert (frozen.stop(), other.stop()) == (0, 0)


def test_without_transactions_what_it_writes_is_mended_by_the_next_recovery(flow: Flow) -> None:
    frozen, other = replace_while_frozen(flow, "--without-transactions")
    wait_for(lambda: flow.rows() == flow.truth(), 20, other.said)
    assert "written again" in frozen.said() + other.said()
    assert (frozen.stop(), other.stop()) == (0, 0)


def test_a_worker_that_takes_over_for_longer_than_its_session_stays_in_the_group(
    flow: Flow,
) -> None:
    flow.produce(amounts(1_000))
    slow = flow.start("--take-over", "4", "--session", "1.5")
    flow.wait_for_share(1, slow)
    assert "re-joining" not in slow.said()
    assert slow.stop() == 0
    flow.assert_exactly_once()


@pytest.mark.parametrize("phase", PHASES)
def test_a_worker_killed_in_the_midst_of_a_request(flow: Flow, phase: str) -> None:
    flow.produce(amounts(2_000))
    dying = flow.start("--die", phase)
    assert dying.exit_code() == -9
    next = flow.start()
    flow.wait_for_share(1, next)
    assert next.stop() == 0
    flow.assert_exactly_once()
