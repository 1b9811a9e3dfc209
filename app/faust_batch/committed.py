"""What the group has committed.

aiokafka/consumer/group_coordinator.py `_do_fetch_commit_offsets` looks at the errors of partitions
only. A coordinator that is still loading the group, because its broker has just started or taken it
over, says so of the whole answer, which then names no partition: as if none was ever committed.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Collection
from typing import Any

from aiokafka import TopicPartition, errors
from aiokafka.protocol.commit import OffsetFetchRequest


async def committed(coordinator: Any, partitions: Collection[TopicPartition]) -> dict[Any, int]:
    """The offset to go on from, by partition; those that were never committed are left out.

    `coordinator` is aiokafka's. Waits until it can say. Raises KafkaError where it never will.
    """
    numbers: dict[str, list[int]] = defaultdict(list)
    for topic, number in partitions:
        numbers[topic].append(number)
    request = OffsetFetchRequest(coordinator.group_id, list(numbers.items()))
    while True:
        await coordinator.ensure_coordinator_known()
        try:
            return _offsets(await coordinator._send_req(request))
        except errors.KafkaError as error:
            if not error.retriable:
                raise
            if isinstance(error, errors.NotCoordinatorForGroupError):
                coordinator.coordinator_dead()
            await asyncio.sleep(coordinator._retry_backoff_ms / 1000)


def _offsets(answer: Any) -> dict[Any, int]:
    _raise_for(answer.error_code)
    found: dict[Any, int] = {}
    for topic, partitions in answer.topics:
        for number, offset, _, code in partitions:
            _raise_for(code)
            if offset >= 0:
                found[TopicPartition(topic, number)] = offset
    return found


def _raise_for(code: int) -> None:
    if code:
        raise errors.for_code(code)()
