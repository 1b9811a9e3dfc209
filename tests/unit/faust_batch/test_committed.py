"""What is committed is asked until it is told: what cannot be told yet is not taken for nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from aiokafka import TopicPartition, errors
from aiokafka.consumer.group_coordinator import GroupCoordinator
from aiokafka.protocol.commit import OffsetFetchResponse_v3

from app.faust_batch.committed import committed

ONE, OTHER = TopicPartition("source", 0), TopicPartition("source", 1)
LOADING, NOT_COORDINATOR, NOT_ALLOWED = 14, 16, 30
NEVER = -1


class Coordinator:
    """Of aiokafka; what the broker answers are offsets of `source`, or an error."""

    group_id = "a-group"
    _retry_backoff_ms = 1
    died = 0

    def __init__(self, *answers: Sequence[int] | int) -> None:
        self._answers = list(answers)

    async def ensure_coordinator_known(self) -> None: ...

    def coordinator_dead(self) -> None:
        self.died += 1

    async def _send_req(self, _request: Any) -> OffsetFetchResponse_v3:
        answer = self._answers.pop(0)
        if isinstance(answer, int):
            return OffsetFetchResponse_v3(0, [], answer)
        offsets = [(number, offset, "", 0) for number, offset in enumerate(answer)]
        return OffsetFetchResponse_v3(0, [("source", offsets)], 0)


async def test_a_partition_that_was_never_committed_is_left_out() -> None:
    assert await committed(Coordinator([7, NEVER]), [ONE, OTHER]) == {ONE: 7}


async def test_a_coordinator_that_is_loading_is_asked_again() -> None:
    coordinator = Coordinator(LOADING, LOADING, [7, 9])
    assert await committed(coordinator, [ONE, OTHER]) == {ONE: 7, OTHER: 9}
    assert coordinator.died == 0


async def test_one_that_is_another_by_now_is_looked_up() -> None:
    coordinator = Coordinator(NOT_COORDINATOR, [7, 9])
    assert await committed(coordinator, [ONE, OTHER]) == {ONE: 7, OTHER: 9}
    assert coordinator.died == 1


async def test_what_stays_wrong_is_raised() -> None:
    with pytest.raises(errors.GroupAuthorizationFailedError):
        await committed(Coordinator(NOT_ALLOWED), [ONE])


async def test_aiokafka_takes_a_group_that_is_loading_for_one_that_committed_nothing() -> None:
    """When this fails it has mended that, and `AIOKafkaConsumer.committed` will do."""
    stock: Any = GroupCoordinator._do_fetch_commit_offsets
    assert await stock(Coordinator(LOADING), [ONE]) == {}
