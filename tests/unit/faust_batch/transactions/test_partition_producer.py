"""The requests of a transaction, and their order; tests/integration has them on a real Kafka."""

from __future__ import annotations

import asyncio
from collections import deque
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.protocol.offset import OffsetRequest
from aiokafka.protocol.produce import ProduceRequest
from aiokafka.protocol.transaction import (
    AddOffsetsToTxnRequest,
    AddPartitionsToTxnRequest,
    EndTxnRequest,
    InitProducerIdRequest,
)
from faust.types.tuples import TP

from app.faust_batch.producer import pack
from app.faust_batch.transactions.lost import Lost
from app.faust_batch.transactions.outputs import Outputs, Part
from app.faust_batch.transactions.partition_producer import PartitionProducer
from app.faust_batch.transactions.requests import (
    DescribeTransactionsRequest,
    Member,
    TxnOffsetCommitRequest,
)

SOURCE = TP("source", 3)
NAMES: dict[type, str] = {
    InitProducerIdRequest: "take over",
    AddPartitionsToTxnRequest: "add topics",
    ProduceRequest: "produce",
    AddOffsetsToTxnRequest: "add offset",
    TxnOffsetCommitRequest: "commit offset",
    EndTxnRequest: "end",
    DescribeTransactionsRequest: "describe",
    OffsetRequest: "ends",
}


class MemoryBroker:
    """One broker that is everything; it answers with the codes given, then with none."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.produced: list[list[str]] = []
        self.codes: dict[str, deque[int]] = {}
        self.cluster = SimpleNamespace(leader_for_partition=lambda _place: 1)
        self._epoch = 4
        self.state = "CompleteCommit"
        self.open: set[str] = set()  # topics with a transaction that was left open
        self.ended: list[bool] = []

    async def coordinator_lookup(self, kind: int, key: str) -> int:
        return 1

    async def _wait_on_metadata(self, topic: str) -> None: ...

    def force_metadata_update(self) -> None: ...

    async def send(self, node: int, request: Any, group: str) -> Any:
        name = NAMES[type(request)]
        self.asked.append(name)
        await asyncio.sleep(0)
        code = self.codes[name].popleft() if self.codes.get(name) else 0
        if name == "describe":
            return SimpleNamespace(transactions=[(code, "id", self.state, 0, 0, 7, 1, [], {})])
        if name == "ends":
            held = self.open if request._isolation_level else set[str]()
            return SimpleNamespace(
                topics=[(t, [(3, code, -1, 4 if t in held else 9)]) for t, _ in request._topics]
            )
        if name == "end":
            self.ended.append(request._transaction_result)
            self.open = set()
        if name == "take over":
            self._epoch += 1
            return SimpleNamespace(error_code=code, producer_id=7, producer_epoch=self._epoch)
        if name == "produce":
            topics = [topic for topic, _ in request._topics]
            self.produced.append(topics)
            return SimpleNamespace(topics=[(t, [(3, code, 100, -1)]) for t in topics])
        partitions = [(3, code)]
        return SimpleNamespace(
            error_code=code,
            errors=[("topic", partitions)],
            topics=[("source", [(*one, {}) for one in partitions], {})],
        )


async def producer(broker: MemoryBroker) -> PartitionProducer:
    client: Any = broker
    one = PartitionProducer(client, SOURCE, lambda: Member("group", 1, "me"), 10, 60)
    await one.take_over()
    broker.asked.clear()
    return one


async def part(topic: str) -> Part:
    async def room() -> None: ...

    outputs = Outputs(room, 1_000)
    await outputs.send_rows(topic, 3, [(b"k", b"v", [], 0)])
    return outputs.parts[0]


async def test_topics_are_added_before_and_the_end_comes_after_all() -> None:
    broker = MemoryBroker()
    one = await producer(broker)
    await one.commit([await part("rows"), await part("events")], 5)
    first, *middle, last = broker.asked
    assert (first, last) == ("add topics", "end")
    assert sorted(middle) == ["add offset", "commit offset", "produce"]
    assert middle.index("add offset") < middle.index("commit offset")


async def test_record_batches_of_one_topic_go_one_by_one_in_their_order() -> None:
    broker = MemoryBroker()
    one = await producer(broker)
    parts = [await part(topic) for topic in ("rows", "events", "rows", "rows")]
    await one.commit(parts, 5)
    assert broker.produced == [["rows", "events"], ["rows"], ["rows"]]
    assert [each.offset for each in parts] == [100] * 4


async def test_an_offset_alone_is_a_transaction() -> None:
    broker = MemoryBroker()
    await (await producer(broker)).commit([], 5)
    assert broker.asked == ["add offset", "commit offset", "end"]


async def test_records_are_numbered_through_transactions_and_anew_after_a_takeover() -> None:
    broker = MemoryBroker()
    one = await producer(broker)
    parts = [await part("rows") for _ in range(3)]
    await one.commit(parts[:2], 5)
    await one.commit(parts[2:], 6)
    await one.take_over()
    parts.append(await part("rows"))
    await one.commit(parts[3:], 7)
    heads = [(each.data[51:53], int.from_bytes(each.data[53:57])) for each in parts]
    assert [number for _, number in heads] == [0, 1, 2, 0]
    assert [int.from_bytes(epoch) for epoch, _ in heads] == [5, 5, 5, 6]


@pytest.mark.parametrize(
    ("state", "committed"),
    [
        ("CompleteCommit", True),
        ("Empty", True),
        ("CompleteAbort", False),
        ("PrepareAbort", False),
        ("Ongoing", False),
    ],
)
async def test_what_a_broker_left_open_is_ended_as_its_coordinator_had_it(
    state: str, committed: bool
) -> None:
    broker = MemoryBroker()
    one = await producer(broker)
    broker.state, broker.open = state, {"rows"}
    assert await one.take_over(["events", "rows"]) == ["rows"]
    steps = ["describe", "take over", "ends", "ends", "add topics", "end", "take over"]
    assert broker.asked == [*steps, "ends", "ends"]
    assert broker.ended == [committed]


async def test_where_nothing_was_left_open_nothing_is_ended() -> None:
    broker = MemoryBroker()
    one = await producer(broker)
    assert await one.take_over(["events", "rows"]) == []
    assert broker.asked == ["describe", "take over", "ends", "ends"]


async def test_an_id_that_is_new_has_left_nothing() -> None:
    broker = MemoryBroker()
    broker.codes["describe"] = deque([105])
    await producer(broker)
    assert not broker.ended


async def test_what_stays_open_is_not_gone_on_from() -> None:
    broker = MemoryBroker()
    one = await producer(broker)
    broker.open = {"rows"}
    broker.codes["ends"] = deque()
    end = broker.send

    async def never_ends(node: int, request: Any, group: str) -> Any:
        answer = await end(node, request, group)
        broker.open = {"rows"}
        return answer

    broker.send = never_ends
    with pytest.raises(RuntimeError, match="stays open"):
        await one.take_over(["rows"])


@pytest.mark.parametrize("step", ["add topics", "add offset", "commit offset", "end"])
async def test_a_step_that_must_wait_is_tried_again(step: str) -> None:
    broker = MemoryBroker()
    one = await producer(broker)
    broker.codes[step] = deque([51])
    await one.commit([await part("rows")], 5)
    assert broker.asked.count(step) == 2
    assert broker.asked[-1] == "end"


@pytest.mark.parametrize("step", ["add topics", "produce", "add offset", "commit offset", "end"])
async def test_a_step_that_says_that_another_has_it_is_the_last(step: str) -> None:
    broker = MemoryBroker()
    one = await producer(broker)
    broker.codes[step] = deque([47])
    with pytest.raises(Lost):
        await one.commit([await part("rows")], 5)
    assert ("end" in broker.asked) is (step == "end")


async def test_what_the_broker_has_already_is_sent() -> None:
    broker = MemoryBroker()
    one = await producer(broker)
    broker.codes["produce"] = deque([7, 46])
    await one.commit([await part("rows")], 5)
    assert broker.asked.count("produce") == 2


async def test_what_is_refused_for_good_is_raised_and_nothing_ends() -> None:
    broker = MemoryBroker()
    one = await producer(broker)
    broker.codes["produce"] = deque([10])
    with pytest.raises(Exception, match="MessageSizeTooLarge"):
        await one.commit([await part("rows")], 5)
    assert "end" not in broker.asked


def test_record_batches_are_marked_as_transactional() -> None:
    [builder] = pack([(b"k", b"v", [], 0)], lambda: BatchBuilder(1_000, 0, is_transactional=1), 0)
    assert builder._build()[22] & 0x10
