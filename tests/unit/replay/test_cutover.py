"""Given a shadow whose rows are others, then what the live topics hold after a cut-over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from typing import Any

import pytest

from app.core.undecodable import Undecodable
from app.core.webhook import RawRecord
from app.errors import UserError
from app.faust_batch.newest import Newest, NewestOf
from app.kafka.record import Record
from app.replay.cutover import Cutover, Outcome
from app.replay.finding import Finding
from app.replay.letters import Letters
from app.replay.selection import Selection
from app.replay.succession import Succession
from app.replay.successor import Successor
from app.replay.verify import Verification
from app.simulate.payloads import varda
from tests.unit.read.installation import Installation, catalogue
from tests.unit.redrive.memory_writer import Broker, Died, MemoryWriter
from tests.unit.replay.shadows import CALL, CHAT, OTHER, Shadow, at, hookline, spoil


class Standing:
    """`workers`: how many there are when it is asked, one answer after the other; then none."""

    def __init__(self, hookline: Installation, workers: list[int] | None = None) -> None:
        self._hookline = hookline
        self._workers = workers or []
        self.other_shadow = False

    def workers(self) -> int:
        return self._workers.pop(0) if self._workers else 0

    def projected(self) -> Mapping[int, int]:
        return self._hookline.projected

    def projected_at_rest(self, number: int) -> int:
        return self._hookline.projected.get(number, 0)

    def refuse_letters(self, projected: Mapping[int, int], number: int | None = None) -> None:
        hookline = self._hookline
        asked = hookline.log, hookline.topics.dead, catalogue(), hookline.codecs, Selection()
        if places := Letters(*asked).unpublished(projected, number):
            raise UserError(f"letters: {places}", "Take them in first.")

    def refuse_other_shadow(self) -> None:
        if self.other_shadow:
            raise UserError("It is being made anew.", "Wait.")


@pytest.fixture
def live() -> Installation:
    """Its rows are wrong, one is missing, one is too many; one has segments."""
    return wrong(hookline(messages=300))


def wrong(live: Installation) -> Installation:
    spoil(live, "conversation", CHAT, queue="wrong", events=1)
    place = live.log.partition_of(CHAT)
    live.log.append(live.topics.ledger, place, f"{CHAT}#0".encode(), b"")
    live.overwrite("conversation", "varda/conversation/12", live.row("conversation", OTHER))
    live.overwrite("call", CALL, None)
    return live


def cut_over(
    live: Installation,
    shadow: Shadow,
    standing: Standing | None = None,
    steps: int | None = None,
    other: MemoryWriter | None = None,
) -> Outcome:
    broker = Broker(live.log)
    writer = MemoryWriter(broker, steps, other)
    run = Cutover(
        shadow.beside(), shadow.folded, standing or Standing(live), lambda _: nullcontext(writer)
    )
    return run.run()


def findings(live: Installation) -> list[Finding]:
    return list(Verification(live.rows, live.topics, catalogue(), projected=live.projected).all())


def verdicts(live: Installation) -> set[str]:
    return {finding.verdict for finding in findings(live)}


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


@pytest.mark.parametrize("starts", [[1], [0, 3], [0, 0, 1]])
def test_a_worker_that_is_at_work_is_not_taken_by_surprise(
    live: Installation, starts: list[int]
) -> None:
    shadow = Shadow(live)
    with pytest.raises(UserError) as refused:
        cut_over(live, shadow, Standing(live, starts))
    assert "at work" in refused.value.what
    assert "Stop all workers" in refused.value.remedy


def test_whenever_a_worker_starts_nothing_is_written_beside_it() -> None:
    said: list[str] = []
    for steps in range(1, 100):
        live = wrong(hookline(messages=300))
        shadow = Shadow(live)
        worker = Starting(Broker(live.log), live)
        writer = MemoryWriter(worker.broker, steps, worker)
        beside = shadow.beside()
        run = Cutover(beside, shadow.folded, worker, lambda _, writer=writer: nullcontext(writer))
        try:
            run.run()
        except UserError as ended:
            said.append(ended.what)
            assert "at work" in ended.what
            assert written(live) == worker.found
        else:
            assert verdicts(live) == {"equal"}
            break
    assert len(said) > 5


class Starting(MemoryWriter, Standing):
    """The worker's, which is in the group from when it takes over."""

    def __init__(self, broker: Broker, live: Installation) -> None:
        MemoryWriter.__init__(self, broker)
        Standing.__init__(self, live)
        self.broker = broker
        self.found = -1
        self._live = live

    def take_over(self, *topics: str, partition: int | None = None) -> None:
        super().take_over(*topics, partition=partition)
        self.found = written(self._live)

    def workers(self) -> int:
        return int(self.found >= 0)


class Completing(MemoryWriter, Standing):
    """Taking a partition over ends the commit of a worker that was killed in it: `last` makes of
    the raw record what it had made.
    """

    def __init__(self, live: Installation, last: Callable[[RawRecord], None]) -> None:
        MemoryWriter.__init__(self, Broker(live.log))
        Standing.__init__(self, live)
        self._record = live.receive(varda.message(7, 900, at(900)))
        self._last = last
        self._at_rest = dict(live.projected)

    def take_over(self, *topics: str, partition: int | None = None) -> None:
        super().take_over(*topics, partition=partition)
        if partition == self._record.partition and not self._is_done():
            self._last(self._record)
            self._at_rest[partition] = self._record.offset + 1

    def projected_at_rest(self, number: int) -> int:
        return self._at_rest[number]

    def _is_done(self) -> bool:
        return self._at_rest[self._record.partition] > self._record.offset


def written(live: Installation) -> int:
    return sum(1 for topic in live.topics for _ in live.log.read(topic))


def test_a_shadow_that_has_read_more_than_the_workers_waits_for_them(live: Installation) -> None:
    live.receive(varda.message(7, 900, at(900)))
    shadow = Shadow(live)
    with pytest.raises(UserError, match="The workers are behind the shadow"):
        cut_over(live, shadow)
    assert "differs" in verdicts(live)
    live.work()
    wrong(live)
    cut_over(live, shadow)
    assert verdicts(live) == {"equal"}


def test_what_a_killed_worker_had_all_but_committed_counts(live: Installation) -> None:
    """The group says so only when its partition was taken over."""
    last = Completing(live, lambda record: None)
    shadow = Shadow(live)
    outcome = Cutover(shadow.beside(), shadow.folded, last, lambda _: nullcontext(last)).run()
    assert outcome.rows["changed"] == 1
    assert live.row("conversation", CHAT).events == 301


def test_not_over_a_letter_that_a_killed_worker_had_all_but_committed(live: Installation) -> None:
    """Until its partition is taken over nobody sees it; its event was never published."""
    broken = Undecodable("schema_mismatch", "it had a fault")
    last = Completing(live, lambda record: live.bury(record, broken))
    shadow = Shadow(live)
    before = live.row("conversation", CHAT)
    with pytest.raises(UserError, match="letters"):
        Cutover(shadow.beside(), shadow.folded, last, lambda _: nullcontext(last)).run()
    assert live.row("conversation", CHAT) == before


def test_what_of_the_raw_log_is_no_record_is_not_waited_for(live: Installation) -> None:
    """Markers of transactions take offsets, and workers commit none behind the last record."""
    record = live.receive(varda.message(7, 900, at(900)))
    live.log.drop(live.topics.raw, record.partition, record.offset)
    shadow = Shadow(live)
    assert shadow.folded[record.partition] > live.projected[record.partition]
    cut_over(live, shadow)
    assert verdicts(live) == {"equal"}


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
