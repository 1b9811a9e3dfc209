"""Given dead letters whose cause is mended, or is not: then what a redrive makes of them."""

from __future__ import annotations

from app.core.webhook import iso
from app.read.compare import LOG_FOLLOWING
from app.read.dead_letters import without_body
from app.read.rows import RowReader
from app.redrive.choice import Choice
from app.redrive.survey import redrivable
from app.replay.rebuild import Rebuild
from app.replay.selection import Selection
from app.replay.shadow import shadow_of
from app.simulate.payloads import varda
from app.simulate.webhook import Webhook
from tests.unit.read.installation import Installation, catalogue
from tests.unit.redrive.broken import (
    BROKEN,
    OF_THE_ORDER,
    UNKNOWN,
    BrokenCatalogue,
    disturbed,
    rows,
    today,
    undisturbed,
)
from tests.unit.redrive.memory_writer import Broker, MemoryWriter
from tests.unit.redrive.redriving import at, copies, letters, redrive, verification
from tests.unit.replay.test_rebuild import MemoryWriter as MemoryDestination


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
