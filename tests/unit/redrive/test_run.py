"""Given dead letters whose cause is mended, or is not: then what a redrive makes of them."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from app.core.undecodable import Undecodable
from app.core.webhook import iso
from app.errors import UserError
from app.kafka.record import Record
from app.read.compare import LOG_FOLLOWING
from app.read.dead_letters import Letters, letter, sorted_out, without_body
from app.read.rows import RowReader
from app.redrive.choice import Choice
from app.redrive.outcome import Outcome
from app.redrive.run import Redrive
from app.redrive.survey import redrivable
from app.replay.rebuild import Rebuild
from app.replay.selection import Selection
from app.replay.shadow import shadow_of
from app.replay.verify import Verification
from app.simulate.payloads import varda
from app.simulate.webhook import Webhook
from tests.unit.read.installation import RECEIVED, SECOND, Installation, catalogue
from tests.unit.redrive.broken import (
    BROKEN,
    OF_THE_ORDER,
    UNKNOWN,
    BrokenCatalogue,
    disturbed,
    rows,
    today,
    traffic,
    undisturbed,
)
from tests.unit.redrive.memory_writer import Broker, Died, MemoryWriter
from tests.unit.replay.test_rebuild import MemoryWriter as MemoryDestination


@pytest.fixture(scope="module")
def webhooks() -> list[Webhook]:
    return traffic(400)


@pytest.fixture
def hookline() -> Installation:
    """Two messages of a conversation that died, and one that did not; a body that is broken."""
    hookline = Installation()
    hookline.catalogue = BrokenCatalogue()
    hookline.receive(varda.message(7, 1, at(1)))
    hookline.receive(varda.conversation("created", 7, at(0)))
    hookline.receive(varda.message(7, 2, at(2), direction="outbound"))
    hookline.receive(b"{broken")
    hookline.work()
    hookline.catalogue = catalogue()
    return hookline


def at(seconds: int) -> int:
    return RECEIVED + seconds * SECOND


def redrive(
    hookline: Installation,
    choice: Choice | None = None,
    writer: MemoryWriter | None = None,
    rules: Any = None,
) -> Outcome:
    writer = writer or MemoryWriter(Broker(hookline.log))
    run = Redrive(hookline.log, hookline.topics, today(rules), writer, together=3)
    return run.run(choice or Choice())


def letters(hookline: Installation) -> Letters:
    return sorted_out(letter(record) for record in hookline.log.read(hookline.topics.dead))


def copies(hookline: Installation) -> list[Record]:
    return [
        record
        for record in hookline.log.read(hookline.topics.raw)
        if "hookline_redrive" in dict(record.headers)
    ]


def test_the_copy_is_the_webhook_under_todays_name_and_the_letter_is_closed(
    hookline: Installation,
) -> None:
    hookline.unknown = frozenset({"varda.call.started"})
    call = varda.call("started", 9, at(3), started_at=at(3))
    died = hookline.receive(call)
    hookline.work()
    hookline.unknown = frozenset()
    (fingerprint,) = {one.fingerprint for one in letters(hookline).open if one.id == died.id}
    outcome = redrive(hookline, Choice(fingerprints=(fingerprint,)))
    assert (outcome.redriven, outcome.closed_before, outcome.remaining) == (1, 0, [])
    (copy,) = copies(hookline)
    headers = dict(copy.headers)
    assert (copy.key, copy.value) == (b"varda/call/9", died.body)
    assert copy.partition == hookline.log.partition_of("varda/call/9")
    assert headers["ce_id"] == died.id.encode()
    assert headers["ce_time"] == iso(died.received_at).encode()
    assert headers["ce_type"] == b"varda.call.started"
    assert headers["hookline_redrive"] == f"{died.partition}:{died.offset}".encode()
    (closed,) = letters(hookline).redriven
    assert (closed.raw, closed.copy) == (
        f"{died.partition}:{died.offset}",
        f"{copy.partition}:{copy.offset}",
    )
    closing = list(hookline.log.read(hookline.topics.dead))
    assert [r.partition for r in closing if not r.value] == [died.partition]
    assert len(letters(hookline).open) == 3


class TestAHistory:
    def test_gives_the_rows_that_it_would_have_given_undisturbed(
        self, webhooks: list[Webhook]
    ) -> None:
        hookline, other = disturbed(webhooks), undisturbed(webhooks)
        assert rows(hookline.rows) != rows(other.rows)
        outcome = redrive(hookline)
        hookline.work()
        assert outcome.redriven > 50
        assert rows(hookline.rows) == rows(other.rows)
        assert {one.reason for one in letters(hookline).open} == {
            one.reason for one in letters(other).open
        }
        assert len(letters(hookline).open) == len(letters(other).open) == outcome.remained

    def test_proves_itself(self, webhooks: list[Webhook]) -> None:
        hookline = disturbed(webhooks)
        check = verification(hookline, hookline.rows, hookline.projected)
        assert {one.verdict for one in check.all()} == {"equal"}
        redrivable = check.tally.redrivable
        outcome = redrive(hookline)
        hookline.work()
        check = verification(hookline, hookline.rows, hookline.projected)
        assert {one.verdict for one in check.all()} == {"equal"}
        assert (check.tally.redriven, check.tally.redrivable) == (outcome.redriven, 0)
        assert redrivable == outcome.redriven

    def test_gives_the_same_rows_in_a_replay(self, webhooks: list[Webhook]) -> None:
        """Which decodes the records that were dead, where they lie, and then their copies."""
        hookline = disturbed(webhooks)
        redrive(hookline)
        hookline.work()
        shadow = shadow_of(hookline.topics, "again")
        for topic in shadow:
            hookline.log.create(topic)
        rebuilt = Rebuild(
            hookline.log,
            hookline.topics,
            shadow,
            catalogue(),
            hookline.codecs,
            MemoryDestination(hookline.log),
            Selection(),
        ).run()
        reader = RowReader(hookline.log, shadow, hookline.codecs, hookline.rows.json)
        assert rows(reader, ("late",)) == rows(hookline.rows, ("late",))
        check = verification(hookline, reader, rebuilt.ends)
        assert {one.verdict for one in check.all()} == {"equal"}

    def test_a_second_run_does_nothing(self, webhooks: list[Webhook]) -> None:
        hookline = disturbed(webhooks)
        first = redrive(hookline)
        raw = hookline.log.spans(hookline.topics.raw)
        writer = MemoryWriter(Broker(hookline.log))
        second = redrive(hookline, writer=writer)
        assert (second.redriven, second.closed_before) == (0, first.redriven)
        assert second.remaining == first.remaining
        assert writer.commits == 0
        assert hookline.log.spans(hookline.topics.raw) == raw


def verification(
    hookline: Installation, reader: RowReader, projected: dict[int, int]
) -> Verification:
    return Verification(reader, hookline.topics, catalogue(), projected=projected)


class TestWhateverHappens:
    """Three letters, two to a transaction."""

    STEPS = 15

    @pytest.fixture
    def hookline(self) -> Installation:
        hookline = Installation()
        hookline.catalogue = BrokenCatalogue()
        for n in range(3):
            hookline.receive(varda.message(7 + n, n, at(n)))
        hookline.work()
        hookline.catalogue = catalogue()
        return hookline

    def run(self, hookline: Installation, writer: MemoryWriter) -> Outcome:
        return Redrive(hookline.log, hookline.topics, today(), writer, together=2).run(Choice())

    def each_is_redriven_once(self, hookline: Installation) -> None:
        origins = Counter(dict(one.headers)["hookline_redrive"] for one in copies(hookline))
        assert set(origins.values()) == {1}
        closed = {one.raw: one.copy for one in letters(hookline).redriven}
        assert closed == {
            dict(one.headers)["hookline_redrive"].decode(): f"{one.partition}:{one.offset}"
            for one in copies(hookline)
        }

    @pytest.mark.parametrize("steps", range(STEPS))
    def test_a_run_that_is_killed_is_gone_on_with(self, hookline: Installation, steps: int) -> None:
        broker = Broker(hookline.log)
        with pytest.raises(Died):
            self.run(hookline, MemoryWriter(broker, steps))
        if copies(hookline):
            self.each_is_redriven_once(hookline)
        before = len(copies(hookline))
        outcome = self.run(hookline, MemoryWriter(broker))
        assert (outcome.redriven, outcome.closed_before) == (3 - before, before)
        self.each_is_redriven_once(hookline)

    def test_these_are_all_its_steps(self, hookline: Installation) -> None:
        self.run(hookline, MemoryWriter(Broker(hookline.log), self.STEPS))

    @pytest.mark.parametrize("steps", range(1, STEPS - 1))
    def test_one_that_begins_while_another_runs_ends_that(
        self, hookline: Installation, steps: int
    ) -> None:
        broker = Broker(hookline.log)
        later = MemoryWriter(broker)
        with pytest.raises(UserError, match="another has begun"):
            self.run(hookline, MemoryWriter(broker, steps, other=later))
        self.run(hookline, later)
        self.each_is_redriven_once(hookline)
        assert len(copies(hookline)) == 3


class TestWhatRemains:
    def test_for_the_same_reason(self, hookline: Installation) -> None:
        outcome = redrive(hookline, rules=BrokenCatalogue())
        assert (outcome.redriven, outcome.remained) == (0, 3)
        mismatch, broken = outcome.remaining
        assert (mismatch.count, mismatch.was.reason, mismatch.was.path) == (
            2,
            "schema_mismatch",
            "$.data",
        )
        assert (mismatch.today, mismatch.changed) == (mismatch.was, False)
        assert (broken.today.reason, broken.changed) == ("not_json", False)
        assert copies(hookline) == []
        assert letters(hookline).redriven == []

    def test_for_another(self, hookline: Installation) -> None:
        class OtherwiseBroken(BrokenCatalogue):
            def decode(self, record: Any) -> Any:
                raise Undecodable("schema_mismatch", "expected another", "$.data.id")

        outcome = redrive(hookline, rules=OtherwiseBroken())
        assert outcome.redriven == 0
        mismatch = outcome.remaining[0]
        assert mismatch.changed
        assert (mismatch.was.path, mismatch.today.path) == ("$.data", "$.data.id")
        assert mismatch.today.fingerprint != mismatch.was.fingerprint

    def test_for_a_fault_of_the_vendors_code(self, hookline: Installation) -> None:
        class Faulty(BrokenCatalogue):
            def decode(self, record: Any) -> Any:
                raise ZeroDivisionError("a secret")

        outcome = redrive(hookline, rules=Faulty())
        mismatch = outcome.remaining[0]
        assert mismatch.today.reason == "internal"
        assert "secret" not in mismatch.today.message

    def test_because_no_endpoint_wrote_it(self, hookline: Installation) -> None:
        hookline.log.append(hookline.topics.dead, 0, None, None, [])
        headers = [("hookline_raw", b"0:99"), ("hookline_reason", b"unknown_event")]
        hookline.log.append(hookline.topics.dead, 0, b"k", b"{}", headers)
        outcome = redrive(hookline)
        assert (outcome.redriven, outcome.remained) == (2, 3)
        assert {one.today.reason: one.count for one in outcome.remaining} == {
            "unknown_event": 2,
            "not_json": 1,
        }


class TestAChoice:
    def test_of_a_fingerprint(self, hookline: Installation) -> None:
        (broken,) = (one for one in letters(hookline).open if one.reason == "not_json")
        outcome = redrive(hookline, Choice(fingerprints=(broken.fingerprint,)))
        assert (outcome.redriven, outcome.remained) == (0, 1)

    def test_of_a_time(self, hookline: Installation) -> None:
        first = min(one.received_at or 0 for one in letters(hookline).open)
        assert redrive(hookline, Choice(until_at=first)).chosen == 0
        assert redrive(hookline, Choice(since_at=first, until_at=first + 1)).redriven == 1
        rest = redrive(hookline, Choice(since_at=first + 1))
        assert (rest.redriven, rest.closed_before, rest.remained) == (1, 0, 1)

    def test_of_a_key(self, hookline: Installation) -> None:
        assert redrive(hookline, Choice(keys=("varda/conversation/8",))).chosen == 0
        assert redrive(hookline, Choice(keys=("varda/conversation/7",))).redriven == 2

    def test_of_the_key_that_it_has_today(self, hookline: Installation) -> None:
        hookline.unknown = frozenset({"varda.call.started"})
        hookline.receive(varda.call("started", 9, at(3), started_at=at(3)))
        hookline.work()
        assert redrive(hookline, Choice(keys=("varda/call/9",))).redriven == 1

    def test_of_all_that_is_said(self, hookline: Installation) -> None:
        prints = {one.reason: one.fingerprint for one in letters(hookline).open}
        choice = Choice(fingerprints=(prints["not_json"],), keys=("varda/conversation/7",))
        assert redrive(hookline, choice).chosen == 0
        assert "of varda/conversation/7" in str(choice)

    def test_without_a_receive_time_no_time_takes_it(self, hookline: Installation) -> None:
        hookline.log.append(hookline.topics.dead, 0, None, None, [])
        assert redrive(hookline, Choice(since_at=0)).chosen == 3
        assert redrive(hookline, Choice()).chosen == 4


def test_which_of_the_open_ones_decode_today(hookline: Installation) -> None:
    still_open = [without_body(one) for one in letters(hookline).open]
    found = redrivable(hookline.log, hookline.topics.dead, still_open, today())
    assert found == {one.known_by for one in still_open if one.reason == "schema_mismatch"}
    assert redrivable(hookline.log, hookline.topics.dead, [], today()) == set()


def test_a_copy_that_died_as_well_is_redriven_in_its_turn(hookline: Installation) -> None:
    """The workers were older than the one who redrove."""
    hookline.catalogue = BrokenCatalogue()
    redrive(hookline)
    hookline.work()
    assert len(letters(hookline).open) == 3
    hookline.catalogue = catalogue()
    outcome = redrive(hookline)
    assert (outcome.redriven, outcome.closed_before) == (2, 2)
    hookline.work()
    row = hookline.row("conversation", "varda/conversation/7")
    assert (row.events, row.duplicates) == (3, 0)
    check = verification(hookline, hookline.rows, hookline.projected)
    assert {one.verdict for one in check.all()} == {"equal"}
    assert (check.tally.dead, check.tally.redriven) == (1, 4)


def test_a_letter_that_a_worker_wrote_twice_is_redriven_once(hookline: Installation) -> None:
    hookline.catalogue = BrokenCatalogue()
    hookline.projected = dict.fromkeys(hookline.projected, 0)
    hookline.work()
    assert redrive(hookline).redriven == len(copies(hookline)) == 2


def test_what_is_broken_here_is_in_the_traffic(webhooks: list[Webhook]) -> None:
    assert {webhook.record_type for webhook in webhooks} >= BROKEN | UNKNOWN
    assert set(LOG_FOLLOWING) - {"duplicates"} == {*OF_THE_ORDER}
