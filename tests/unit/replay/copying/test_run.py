"""Given a raw log, then what is in the one that it is copied into, whatever is killed."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import pytest

from app.core.webhook import Place
from app.errors import UserError
from app.kafka.partition import partition_of
from app.kafka.record import Record
from app.read.dead_letters import Letters, letter, sorted_out
from app.redrive.choice import Choice
from app.redrive.run import Redrive
from app.replay.copying.outcome import Copied
from app.replay.verify import Verification
from app.simulate.payloads import varda
from app.simulate.webhook import Webhook
from tests.unit.read.installation import RECEIVED, SECOND, Installation, catalogue
from tests.unit.redrive.broken import (
    UNKNOWN,
    BrokenCatalogue,
    disturbed,
    rows,
    today,
    traffic,
    undisturbed,
)
from tests.unit.redrive.memory_writer import Broker, Died, MemoryWriter
from tests.unit.replay.copying.twin import CopyWriter, Growth

REDRIVE = "hookline_redrive"


@pytest.fixture(scope="module")
def webhooks() -> list[Webhook]:
    return traffic(400)


def at(seconds: int) -> int:
    return RECEIVED + seconds * SECOND


def redrive(hookline: Installation) -> int:
    writer = MemoryWriter(Broker(hookline.log))
    return Redrive(hookline.log, hookline.topics, today(), writer).run(Choice()).redriven


def content(record: Record) -> tuple[Any, ...]:
    headers = tuple(header for header in record.headers if header[0] != REDRIVE)
    return record.key, record.value, headers, max(record.timestamp_ms, 1)


def of_keys(records: list[Record]) -> dict[bytes | None, list[tuple[Any, ...]]]:
    """By key, in the order of the log."""
    found: dict[bytes | None, list[tuple[Any, ...]]] = defaultdict(list)
    for record in records:
        found[record.key].append(content(record))
    return found


def names(records: list[Record]) -> dict[tuple[Any, ...], tuple[Any, ...] | None]:
    """Of each redriven record, what it stands in for, as content; None where nothing lies there."""
    there = {f"{one.partition}:{one.offset}".encode(): content(one) for one in records}
    return {
        content(one): there.get(dict(one.headers)[REDRIVE])
        for one in records
        if REDRIVE in dict(one.headers)
    }


def letters(hookline: Installation) -> Letters:
    return sorted_out(letter(record) for record in hookline.log.read(hookline.topics.dead))


class TestAHistory:
    def test_lies_in_the_new_log_once_as_it_was_and_each_key_in_its_order(
        self, webhooks: list[Webhook]
    ) -> None:
        growth = Growth(undisturbed(webhooks))
        copied = growth.copy()
        old, new = growth.raw(growth.old), growth.raw(growth.new)
        assert copied == Copied(records=len(old))
        assert of_keys(new) == of_keys(old)
        assert all(one.key and one.partition == partition_of(one.key, 5) for one in new)
        assert len({one.partition for one in new}) == 5

    def test_gives_the_same_rows_and_they_prove_themselves(self, webhooks: list[Webhook]) -> None:
        growth = Growth(undisturbed(webhooks))
        growth.copy()
        growth.new.work()
        where = ("partition", "offset")
        assert rows(growth.new.rows, where) == rows(growth.old.rows, where)
        assert len(letters(growth.new).open) == len(letters(growth.old).open)
        assert verdicts(growth.new) == {"equal"}

    def test_with_redriven_letters_gives_the_same_rows(self, webhooks: list[Webhook]) -> None:
        growth = Growth(disturbed(webhooks))
        redriven = redrive(growth.old)
        growth.old.work()
        copied = growth.copy()
        assert (copied.redriven, copied.without_original) == (redriven, 0)
        assert names(growth.raw(growth.new)) == names(growth.raw(growth.old))
        growth.new.work()
        assert rows(growth.new.rows) == rows(growth.old.rows)
        assert verdicts(growth.new) == {"equal"}

    def test_has_no_letter_open_that_was_redriven(self, webhooks: list[Webhook]) -> None:
        growth = Growth(disturbed(webhooks))
        redrive(growth.old)
        copied = growth.copy()
        assert copied.closed > 0
        growth.new.work()
        old, new = letters(growth.old), letters(growth.new)
        assert sorted(one.id for one in new.open) == sorted(one.id for one in old.open)
        assert len(new.redriven) == copied.closed
        assert all(one.body for one in new.redriven)  # those are letters that the worker wrote
        there = {f"{one.partition}:{one.offset}": one for one in growth.raw(growth.new)}
        for one in new.redriven:
            assert dict(there[one.copy].headers)[REDRIVE] == one.raw.encode()
        assert redrive(growth.new) == 0


def verdicts(hookline: Installation) -> set[str]:
    check = Verification(hookline.rows, hookline.topics, catalogue(), projected=hookline.projected)
    return {one.verdict for one in check.all()}


class TestAgain:
    def test_copies_what_came_since(self, webhooks: list[Webhook]) -> None:
        growth = Growth(undisturbed(webhooks[:200]))
        assert growth.copy().records == 200
        growth.old.receive_all(webhooks[200:250])
        assert growth.copy().records == 50
        assert growth.copy() == Copied()
        assert of_keys(growth.raw(growth.new)) == of_keys(growth.raw(growth.old))

    def test_what_comes_in_meanwhile_is_left_and_counted(self, webhooks: list[Webhook]) -> None:
        growth = Growth(undisturbed(webhooks[:50]))

        class WhileItCopies(CopyWriter):
            def settle(self) -> list[Place]:
                if self.commits == 1:
                    growth.old.receive_all(webhooks[50:53])
                return super().settle()

        copied = growth.copy(WhileItCopies(growth.broker), together=20)
        assert (copied.records, copied.left) == (50, 3)
        assert growth.copy() == Copied(records=3)

    def test_its_progress_ends_at_all(self, webhooks: list[Webhook]) -> None:
        growth = Growth(undisturbed(webhooks[:50]))
        told: list[tuple[int, int]] = []
        growth.copy(together=10, progress=lambda done, total: told.append((done, total)))
        assert told == sorted(told)
        assert (told[0], told[-1]) == ((10, 50), (50, 50))

    def test_a_letter_that_was_redriven_since_is_closed(self) -> None:
        growth = Growth(Installation())
        growth.old.unknown = frozenset({"varda.call.started"})
        growth.old.receive(varda.call("started", 9, at(3), started_at=at(3)))
        growth.old.work()
        growth.copy()
        growth.new.work()
        assert len(letters(growth.new).open) == 1
        redrive(growth.old)
        copied = growth.copy()
        assert copied == Copied(records=1, redriven=1, closed=1)
        assert letters(growth.new).open == []

    def test_beside_webhooks_that_came_in_the_new_way(self, webhooks: list[Webhook]) -> None:
        growth = Growth(disturbed(webhooks[:300]))
        growth.copy()
        growth.new.now = growth.old.now
        growth.new.receive_all(webhooks[300:])
        redrive(growth.old)
        growth.copy()
        growth.new.work()
        other = undisturbed(webhooks)
        assert rows(growth.new.rows, ORDER) == rows(other.rows, ORDER)
        assert verdicts(growth.new) == {"equal"}

    def test_when_kafka_has_forgotten_how_far_it_was(self, webhooks: list[Webhook]) -> None:
        growth = Growth(undisturbed(webhooks[:50]))
        growth.copy()
        growth.broker.offsets.clear()
        with pytest.raises(UserError, match="forgotten"):
            growth.copy()

    def test_when_that_is_forgotten_and_what_was_copied_has_expired(
        self, webhooks: list[Webhook]
    ) -> None:
        growth = Growth(undisturbed(webhooks[:50]))
        growth.copy()
        growth.broker.offsets.clear()
        raw = growth.new.topics.raw
        for number, span in growth.new.log.spans(raw).items():
            growth.new.log.expire(raw, number, span.end)
        with pytest.raises(UserError, match="forgotten"):
            growth.copy()

    def test_when_the_old_log_was_made_again(self, webhooks: list[Webhook]) -> None:
        growth = Growth(undisturbed(webhooks[:50]))
        growth.copy()
        again = Growth(undisturbed(webhooks[:10]))
        again.broker.offsets.update(growth.broker.offsets)
        with pytest.raises(UserError, match="is not the log that was copied"):
            again.copy()

    def test_a_new_log_that_has_only_its_own_webhooks_is_no_copy(
        self, webhooks: list[Webhook]
    ) -> None:
        growth = Growth(undisturbed(webhooks[:50]))
        growth.new.now = growth.old.now
        growth.new.receive_all(webhooks[50:90])
        assert growth.copy().records == 50
        assert len(growth.raw(growth.new)) == 90


ORDER = ("late", "duplicates", "partition", "offset")


class TestWhateverHappens:
    """Of three calls, two of them redriven: with their originals, five records."""

    STEPS = 27

    @pytest.fixture
    def growth(self) -> Growth:
        hookline = Installation()
        hookline.unknown = frozenset({"varda.call.started"})
        for n in range(2):
            hookline.receive(varda.call("started", 8 + n, at(n), started_at=at(n)))
        hookline.work()
        hookline.unknown = frozenset()
        hookline.receive(varda.call("started", 20, at(5), started_at=at(5)))
        hookline.work()
        assert redrive(hookline) == 2
        hookline.work()
        return Growth(hookline)

    def each_is_there_once(self, growth: Growth) -> None:
        assert of_keys(growth.raw(growth.new)) == of_keys(growth.raw(growth.old))
        assert names(growth.raw(growth.new)) == names(growth.raw(growth.old))
        closings = Counter(
            one.raw for one in map(letter, growth.new.log.read(growth.new.topics.dead))
        )
        assert (len(closings), set(closings.values())) == (2, {1})
        growth.new.work()
        assert letters(growth.new).open == []
        assert rows(growth.new.rows) == rows(growth.old.rows)

    @pytest.mark.parametrize("steps", range(STEPS))
    def test_a_run_that_is_killed_is_gone_on_with(self, growth: Growth, steps: int) -> None:
        with pytest.raises(Died):
            growth.copy(CopyWriter(growth.broker, steps), together=2)
        before = len(growth.raw(growth.new))
        assert growth.copy().records == 5 - before
        self.each_is_there_once(growth)

    def test_these_are_all_its_steps(self, growth: Growth) -> None:
        growth.copy(CopyWriter(growth.broker, self.STEPS), together=2)
        self.each_is_there_once(growth)

    @pytest.mark.parametrize("steps", range(1, STEPS - 1))
    def test_one_that_begins_while_another_runs_ends_that(self, growth: Growth, steps: int) -> None:
        later = CopyWriter(growth.broker)
        with pytest.raises(UserError, match="another has begun"):
            growth.copy(CopyWriter(growth.broker, steps, other=later), together=2)
        growth.copy(later)
        self.each_is_there_once(growth)


def test_a_copy_that_died_as_well_and_was_redriven_in_its_turn(webhooks: list[Webhook]) -> None:
    hookline = Installation()
    hookline.catalogue = BrokenCatalogue()
    hookline.unknown = UNKNOWN
    hookline.receive_all(webhooks[:150])
    hookline.work()
    hookline.unknown = frozenset()
    redrive(hookline)
    hookline.work()
    hookline.catalogue = catalogue()
    redrive(hookline)
    hookline.work()
    growth = Growth(hookline)
    assert growth.copy().without_original == 0
    assert names(growth.raw(growth.new)) == names(growth.raw(growth.old))
    growth.new.work()
    assert rows(growth.new.rows) == rows(growth.old.rows)
