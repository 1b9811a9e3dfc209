"""Given a shadow whose rows are others, then what the live topics hold after a cut-over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import pytest

from app.errors import UserError
from app.faust_batch.newest import Newest, NewestOf
from app.kafka.record import Record
from app.replay.cutover import Cutover
from app.replay.selection import Selection
from app.replay.succession import Succession
from app.replay.successor import Successor
from app.simulate.payloads import varda
from tests.unit.read.installation import Installation
from tests.unit.redrive.memory_writer import Broker, Died, MemoryWriter
from tests.unit.replay.cutting_over import Standing, cut_over, findings, verdicts, written, wrong
from tests.unit.replay.shadows import CALL, CHAT, Shadow, at, hookline, spoil


@pytest.fixture
def live() -> Installation:
    """Its rows are wrong, one is missing, one is too many; one has segments."""
    return wrong(hookline(messages=300))


def test_every_row_is_what_the_raw_log_says(live: Installation) -> None:
    shadow = Shadow(live)
    assert verdicts(live) == {"differs", "missing", "unexpected", "equal"}
    outcome = cut_over(live, shadow)
    assert verdicts(live) == {"equal"}
    assert len(findings(live)) == 3
    assert outcome.rows == {"changed": 1, "gone": 1, "new": 1, "equal": 1}
    assert outcome.written == {"conversation": 2, "call": 1}
    assert live.row("conversation", CHAT).events == 300
    assert set(shadow.verdicts().values()) == {"equal"}


def test_what_is_right_is_not_written_again(live: Installation) -> None:
    shadow = Shadow(live)
    cut_over(live, shadow)
    before = written(live)
    outcome = cut_over(live, shadow)
    assert outcome.rows == {"equal": 3}
    assert (outcome.written, outcome.segments) == ({}, 0)
    assert written(live) == before


def test_the_worker_goes_on_from_there(live: Installation) -> None:
    shadow = Shadow(live)
    live.receive(varda.message(7, 900, at(900)))
    live.receive(varda.message(8, 1, at(901)))
    live.work()
    wrong(live)
    cut_over(live, shadow)
    assert verdicts(live) == {"equal"}
    assert live.row("conversation", CHAT).events == 301


def test_killed_at_any_step_it_leaves_each_row_whole() -> None:
    for steps in range(100):
        live = wrong(hookline(messages=300))
        shadow = Shadow(live)
        before = {finding.key: finding.verdict for finding in findings(live)}
        try:
            cut_over(live, shadow, steps=steps)
        except Died:
            for finding in findings(live):
                assert finding.verdict in ("equal", before[finding.key]), finding
            cut_over(live, shadow)
            assert verdicts(live) == {"equal"}
        else:
            assert steps > 10
            return
    pytest.fail("it never comes to its end")


def test_a_shadow_that_is_made_anew_meanwhile_is_not_taken(live: Installation) -> None:
    shadow, standing = Shadow(live), Standing(live)
    standing.other_shadow = True
    before = written(live)
    with pytest.raises(UserError, match="made anew"):
        cut_over(live, shadow, standing)
    assert written(live) == before


def test_no_transaction_is_open_while_rows_are_compared(
    live: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Brokers end those that stand still."""
    shadow = Shadow(live)
    writer = MemoryWriter(Broker(live.log))
    compare = Successor.successions
    seen: list[Succession] = []

    def watched(successor: Successor) -> Iterator[Succession]:
        for one in compare(successor):
            yield one
            seen.append(one)
            assert not writer.is_open

    monkeypatch.setattr(Successor, "successions", watched)
    standing = Standing(live)
    Cutover(shadow.beside(), shadow.folded, standing, lambda _: nullcontext(writer)).run()
    assert len(seen) == 4
    assert writer.commits > 0


def test_a_shadow_without_a_segment_that_its_row_names_is_not_taken(live: Installation) -> None:
    shadow = Shadow(live)
    name = f"{CHAT}#0".encode()
    live.log.append(shadow.topics.ledger, live.log.partition_of(CHAT), name, None)
    with pytest.raises(UserError, match="is named by a row, and is not there"):
        cut_over(live, shadow)


def test_no_segment_is_left_of_a_row_that_had_more(live: Installation) -> None:
    shadow = Shadow(live)
    place = live.log.partition_of(CHAT)
    live.log.append(live.topics.state_conversations, place, CHAT.encode(), b"nonsense")
    for number in (0, 1):
        live.log.append(live.topics.ledger, place, f"{CHAT}#{number}".encode(), b"old")
    cut_over(live, shadow)
    assert verdicts(live) == {"equal"}
    newest = {record.key: record.value for record in live.log.read(live.topics.ledger)}
    assert newest[f"{CHAT}#0".encode()] not in (None, b"old")
    assert newest[f"{CHAT}#1".encode()] is None


def test_only_what_the_shadow_was_made_of_is_touched(live: Installation) -> None:
    shadow = Shadow(live, Selection(key=CHAT))
    outcome = cut_over(live, shadow)
    assert outcome.rows == {"changed": 1}
    found = {finding.key: finding.verdict for finding in findings(live)}
    assert (found[CHAT], found[CALL]) == ("equal", "missing")


def test_what_the_raw_log_no_longer_makes_stays() -> None:
    live = hookline(messages=300)
    spoil(live, "conversation", CHAT, queue="then")
    live.log.expire(live.topics.raw, live.log.partition_of(CHAT), 3)
    outcome = cut_over(live, Shadow(live))
    assert outcome.rows["kept"] == 1
    row = live.row("conversation", CHAT)
    assert (row.events, row.queue) == (300, "then")


class TestWithoutTransactions:
    """A worker without them keeps, of what its changelog holds, the newest row by its own word."""

    @pytest.mark.parametrize("offset", [0, 10_000])
    def test_recovery_ends_with_the_rows_of_the_shadow(
        self, live: Installation, offset: int
    ) -> None:
        shadow = Shadow(live)
        spoil(live, "conversation", CHAT, offset=offset)
        place = live.log.partition_of(CHAT)
        long = bytes(43 * 2_000)
        live.log.append(live.topics.ledger, place, f"{CHAT}#0".encode(), long)
        cut_over(live, shadow)
        codec: Any = live.codecs["conversation"]

        def newest_row(old: bytes, new: bytes) -> bytes:
            return old if codec.offset_of(old) > codec.offset_of(new) else new

        rows = recovered(live, live.topics.state_conversations, newest_row)
        segments = recovered(
            live, live.topics.ledger, lambda old, new: old if len(old) > len(new) else new
        )
        assert codec.loads(rows[CHAT.encode()]).events == 300
        assert segments[f"{CHAT}#0".encode()] != long
        assert b"varda/conversation/12" not in rows


def recovered(live: Installation, topic: str, newest_of: NewestOf) -> dict[bytes, bytes]:
    newest, rows = Newest(newest_of), dict[bytes, bytes]()
    for record in live.log.read(topic):
        told = ConsumerRecord(record)
        for kept in newest.take(record.partition, rows, [told]):
            assert kept.key is not None
            if kept.value is None:
                rows.pop(kept.key, None)
            else:
                rows[kept.key] = kept.value
    return rows


class ConsumerRecord:
    """As aiokafka hands it over."""

    def __init__(self, record: Record) -> None:
        self.key, self.value, self.offset = record.key, record.value, record.offset
        self.timestamp, self.headers = record.timestamp_ms, record.headers
