"""The transactional producer of one source partition."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from aiokafka.client import AIOKafkaClient
from aiokafka.protocol.produce import ProduceRequest
from aiokafka.protocol.transaction import (
    AddOffsetsToTxnRequest,
    AddPartitionsToTxnRequest,
    EndTxnRequest,
    InitProducerIdRequest,
)
from faust.types.tuples import TP

from app.faust_batch.transactions.link import Link
from app.faust_batch.transactions.outputs import Part
from app.faust_batch.transactions.requests import Member, TxnOffsetCommitRequest
from app.faust_batch.transactions.stranded import is_aborted, stranded

ALL_REPLICAS = -1
SEQUENCES = 2**31  # they begin anew then
_DUPLICATE = 46  # the broker has it already: an answer to an earlier attempt was lost


class PartitionProducer:
    """`member` says which member of the group we are; `within` is how many seconds brokers have
    for each step, `timeout` how long they wait for the end of a transaction. Raises as `Link`."""

    def __init__(
        self,
        client: AIOKafkaClient,
        source: TP,
        member: Callable[[], Member],
        within: float,
        timeout: float,
    ) -> None:
        name = f"{member().group}/{source.topic}/{source.partition}"
        self._link = Link(client, name, within)
        self._within, self._timeout = within, timeout
        self._source = source
        self._member = member
        self._id = (-1, -1)
        self._sequences: dict[str, int] = defaultdict(int)

    @property
    def _who(self) -> tuple[str, int, int]:
        return self._link.transactional_id, *self._id

    async def take_over(self, topics: Collection[str] = ()) -> list[str]:
        """Make the transactional id ours. Whatever its earlier owner had begun is committed or
        aborted when this returns, and it can begin and end nothing any more. Returns those of the
        topics in which a broker had left it open: see `stranded`.
        """
        aborted = await is_aborted(self._link)
        await self._initialise()
        left = await stranded(self._link, self._source.partition, topics)
        if left:
            await self._add_topics(left)
            await self._end(commit=not aborted)
            await self._initialise()  # which waits for the end
            if still := await stranded(self._link, self._source.partition, left):
                raise RuntimeError(f"a transaction of {self._source} stays open in {still}")
        return left

    async def _initialise(self) -> None:
        async def attempt() -> Iterable[int]:
            timeout = int(self._timeout * 1000)
            request = InitProducerIdRequest(self._link.transactional_id, timeout)
            answer = await self._link.ask_transactions(request)
            self._id = answer.producer_id, answer.producer_epoch
            return [answer.error_code]

        await self._link.until_done(attempt)
        self._sequences.clear()

    async def commit(self, parts: Sequence[Part], offset: int) -> None:
        """A transaction of these outputs and the offset to go on from. Sets where they lie."""
        if parts:
            await self._add_topics({part.topic for part in parts})
        await _together(self._produce(parts), self._add_offset(offset))
        await self._end()

    async def _add_topics(self, topics: Iterable[str]) -> None:
        places = [(topic, [self._source.partition]) for topic in sorted(topics)]

        async def attempt() -> Iterable[int]:
            request = AddPartitionsToTxnRequest(*self._who, places)
            answer = await self._link.ask_transactions(request)
            return [code for _, partitions in answer.errors for _, code in partitions]

        await self._link.until_done(attempt)

    async def _add_offset(self, offset: int) -> None:
        async def attempt() -> Iterable[int]:
            request = AddOffsetsToTxnRequest(*self._who, self._member().group)
            return [(await self._link.ask_transactions(request)).error_code]

        await self._link.until_done(attempt)
        await self._commit_offset(offset)

    async def _commit_offset(self, offset: int) -> None:
        async def attempt() -> Iterable[int]:
            member = self._member()
            request = TxnOffsetCommitRequest(
                self._link.transactional_id, self._id, member, *self._source, offset
            )
            answer = await self._link.ask_group(member.group, request)
            return [code for _, partitions, _ in answer.topics for _, code, _ in partitions]

        await self._link.until_done(attempt)

    async def _end(self, *, commit: bool = True) -> None:
        async def attempt() -> Iterable[int]:
            answer = await self._link.ask_transactions(EndTxnRequest(*self._who, commit))
            return [answer.error_code]

        await self._link.until_done(attempt)

    async def _produce(self, parts: Sequence[Part]) -> None:
        """A request may have one record batch a topic, so those of one topic go one by one."""
        queues: dict[str, deque[Part]] = defaultdict(deque)
        for part in parts:
            part.seal(self._id, self._sequences[part.topic])
            self._sequences[part.topic] = (self._sequences[part.topic] + part.records) % SEQUENCES
            queues[part.topic].append(part)
        while queues:
            await self._deliver([queue.popleft() for queue in queues.values()])
            queues = {topic: queue for topic, queue in queues.items() if queue}

    async def _deliver(self, parts: Sequence[Part]) -> None:
        left = {part.topic: part for part in parts}

        async def attempt() -> Iterable[int]:
            by_leader = await self._link.by_leader(left, self._source.partition)
            told = await asyncio.gather(
                *(
                    self._send(node, [left[topic] for topic in topics])
                    for node, topics in by_leader.items()
                )
            )
            codes = {topic: told_of for each in told for topic, told_of in each}
            for topic, (code, offset) in codes.items():
                if code in (0, _DUPLICATE):
                    left.pop(topic).offset = offset
            return [code for code, _ in codes.values() if code != _DUPLICATE]

        await self._link.until_done(attempt)

    async def _send(self, node: int, parts: Sequence[Part]) -> list[tuple[str, tuple[int, int]]]:
        """By topic the error code and where its record batch lies."""
        if node < 0:
            return [(part.topic, (5, -1)) for part in parts]
        data = [(part.topic, [(self._source.partition, part.data)]) for part in parts]
        timeout = int(self._within * 1000)
        request = ProduceRequest(self._link.transactional_id, ALL_REPLICAS, timeout, data)
        answer = await self._link.send(node, request)
        return [
            (topic, (code, offset))
            for topic, partitions in answer.topics
            for _, code, offset, *_ in partitions
        ]


async def _together(*steps: Any) -> None:
    """Wait for all, then raise what the first of them raised."""
    for result in await asyncio.gather(*steps, return_exceptions=True):
        if isinstance(result, BaseException):
            raise result
