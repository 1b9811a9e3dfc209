"""Asks brokers until they answer: which one coordinates, what may be tried again, what is final."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from aiokafka import TopicPartition, errors
from aiokafka.client import AIOKafkaClient, CoordinationType

from app.faust_batch.transactions.lost import OURS_NO_MORE, Lost

FIRST_WAIT_S, LONGEST_WAIT_S = 0.002, 0.2

_UNKNOWN_PARTITION, _NOT_LEADER = 3, 6
_NOT_COORDINATOR = frozenset({14, 15, 16})
_NOT_ATTEMPTED = 55  # for another reason, which is in the same answer
_AGAIN = _NOT_COORDINATOR | {
    _UNKNOWN_PARTITION,
    5,  # LEADER_NOT_AVAILABLE
    _NOT_LEADER,
    7,  # REQUEST_TIMED_OUT
    13,  # NETWORK_EXCEPTION
    19,  # NOT_ENOUGH_REPLICAS
    20,  # NOT_ENOUGH_REPLICAS_AFTER_APPEND
    27,  # REBALANCE_IN_PROGRESS
    51,  # CONCURRENT_TRANSACTIONS: the one before is being completed
    56,  # KAFKA_STORAGE_ERROR
    75,  # UNKNOWN_LEADER_EPOCH
    78,  # OFFSET_NOT_AVAILABLE: a new leader does not know yet what is replicated
}

Attempt = Callable[[], Awaitable[Iterable[int]]]
"""Sends requests and gives their error codes."""


class Link:
    """One transactional id's talk with the brokers, within so many seconds each time.

    It has connections of its own: a broker takes up a connection's next request when it has
    answered the one before, be it a slow one.
    """

    def __init__(self, client: AIOKafkaClient, transactional_id: str, within: float) -> None:
        self.client: Any = client
        self.transactional_id = transactional_id
        self._within = within
        self._coordinators: dict[tuple[int, str], int] = {}

    async def send(self, node: int, request: Any) -> Any:
        return await self.client.send(node, request, group=self.transactional_id)

    async def ask_transactions(self, request: Any) -> Any:
        """Ask the coordinator of our transactions."""
        return await self._ask(CoordinationType.TRANSACTION, self.transactional_id, request)

    async def ask_group(self, group: str, request: Any) -> Any:
        return await self._ask(CoordinationType.GROUP, group, request)

    async def by_leader(self, topics: Iterable[str], partition: int) -> dict[int, list[str]]:
        """The topics, by the node that leads their partition of this number; -1 where none does."""
        found: dict[int, list[str]] = defaultdict(list)
        for topic in topics:
            await self.client._wait_on_metadata(topic)
            leader = self.client.cluster.leader_for_partition(TopicPartition(topic, partition))
            found[-1 if leader is None else leader].append(topic)
        return found

    async def _ask(self, kind: int, key: str, request: Any) -> Any:
        node = self._coordinators.get((kind, key))
        if node is None:
            node = await self.client.coordinator_lookup(kind, key)
            self._coordinators[kind, key] = node
        return await self.send(node, request)

    async def until_done(self, attempt: Attempt) -> None:
        """Try until nothing is wrong any more. Raises Lost where the partition is not ours, else
        KafkaError: what no further attempt can mend, KafkaTimeoutError when time is up."""
        deadline, wait = time.monotonic() + self._within, FIRST_WAIT_S
        while codes := await self._wrong(attempt):
            for code in codes:
                self._judge(code)
            if time.monotonic() > deadline:
                raise errors.KafkaTimeoutError(f"{self.transactional_id}: {_words(codes)}")
            await asyncio.sleep(wait)
            wait = min(2 * wait, LONGEST_WAIT_S)

    async def _wrong(self, attempt: Attempt) -> set[int]:
        try:
            return {code for code in await attempt() if code not in (0, _NOT_ATTEMPTED)}
        except errors.KafkaError as error:
            if not error.retriable:
                raise
            self._coordinators.clear()
            self.client.force_metadata_update()
            return {13}

    def _judge(self, code: int) -> None:
        if code in OURS_NO_MORE:
            raise Lost(self.transactional_id, code)
        if code not in _AGAIN:
            raise errors.for_code(code)(f"{self.transactional_id}: error code {code}")
        if code in _NOT_COORDINATOR:
            self._coordinators.clear()
        if code in (_UNKNOWN_PARTITION, _NOT_LEADER):
            self.client.force_metadata_update()


def _words(codes: Iterable[int]) -> str:
    return ", ".join(errors.for_code(code).__name__ for code in codes)
