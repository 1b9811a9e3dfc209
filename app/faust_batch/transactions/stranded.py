"""What a broker leaves open of a transaction that its coordinator takes for ended.

Where a partition's leader is away for a moment, the coordinator of Kafka 4.3 takes the partition
for deleted and writes no end to it (KAFKA-20734; a broker that is killed and starts again does that
to itself). Its records are committed, but who reads what is committed waits before them: to a
worker that recovers, the changelog ends there, and it would fold without its newest rows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from aiokafka.protocol.offset import OffsetRequest, OffsetResetStrategy

from app.faust_batch.transactions.link import Link
from app.faust_batch.transactions.requests import DescribeTransactionsRequest

_ANY, _COMMITTED = 0, 1  # isolation levels
_LEADER_NOT_AVAILABLE, _NO_SUCH_ID = 5, 105
_TO_BE_ABORTED = frozenset({"Ongoing", "PrepareAbort", "PrepareEpochFence", "CompleteAbort"})


async def is_aborted(link: Link) -> bool:
    """Whether the last transaction of this id was aborted, or will be when it is taken over: to be
    asked before that."""
    state = ""

    async def attempt() -> Iterable[int]:
        nonlocal state
        answer = await link.ask_transactions(DescribeTransactionsRequest(link.transactional_id))
        [(code, _, state, *_)] = answer.transactions
        return [] if code == _NO_SUCH_ID else [code]

    await link.until_done(attempt)
    return state in _TO_BE_ABORTED


async def stranded(link: Link, partition: int, topics: Collection[str]) -> list[str]:
    """Those of the topics in whose partition a transaction is open. To be asked when it is taken
    over: nobody else writes there."""
    committed = await _ends(link, partition, topics, _COMMITTED)  # first: it may only grow
    there = await _ends(link, partition, topics, _ANY)
    return sorted(topic for topic in topics if committed[topic] < there[topic])


async def _ends(
    link: Link, partition: int, topics: Collection[str], isolation: int
) -> dict[str, int]:
    ends: dict[str, int] = {}

    async def attempt() -> Iterable[int]:
        by_leader = await link.by_leader(topics, partition)
        codes = [_LEADER_NOT_AVAILABLE for _ in by_leader.pop(-1, ())]
        for node, theirs in by_leader.items():
            places = [(topic, [(partition, OffsetResetStrategy.LATEST)]) for topic in theirs]
            answer = await link.send(node, OffsetRequest(-1, isolation, places))
            for topic, [(_, code, _, offset, *_)] in answer.topics:
                ends[topic] = offset
                codes.append(code)
        return codes

    await link.until_done(attempt)
    return ends
