"""Given dead letters, and copies that stand in for them, then what is found of their rows."""

from __future__ import annotations

import pytest

from app.core.undecodable import Undecodable
from app.core.webhook import RawRecord
from app.replay.selection import Selection
from app.simulate.payloads import varda
from tests.unit.read.installation import Installation
from tests.unit.replay.verifying import CHAT, at, found, verification


def dead(hookline: Installation, record: RawRecord) -> None:
    """The worker could not decode it then: a letter, and nothing in the row."""
    hookline.bury(record, Undecodable("schema_mismatch", "it had a fault"))
    hookline.projected[record.partition] = record.offset + 1


def redriven(hookline: Installation, record: RawRecord) -> RawRecord:
    """Its copy on the raw log, and the letter closed."""
    copy = hookline.receive(
        record.body,
        redrive=f"{record.partition}:{record.offset}",
        received_at=record.received_at,
    )
    hookline.close_letter(record, (copy.partition, copy.offset))
    return copy


def test_a_dead_letter_that_decodes_today_is_not_held_against_its_row(
    hookline: Installation,
) -> None:
    """Its cause was mended; until it is redriven, the row is right without it."""
    dead(hookline, hookline.receive(varda.message(7, 3, at(4))))
    hookline.receive(varda.message(7, 4, at(5)))
    hookline.work()
    check = verification(hookline)
    assert {one.verdict for one in check.all()} == {"equal"}
    assert (check.tally.dead, check.tally.redrivable) == (2, 1)


class TestRedriven:
    def test_it_is_in_its_row_once(self, hookline: Installation) -> None:
        record = hookline.receive(varda.message(7, 3, at(4)))
        dead(hookline, record)
        redriven(hookline, record)
        hookline.work()
        row = hookline.row("conversation", CHAT)
        assert (row.events, row.duplicates) == (4, 1)
        check = verification(hookline)
        assert {one.verdict for one in check.all()} == {"equal"}
        assert (check.tally.dead, check.tally.redriven) == (1, 1)
        assert check.tally.redrivable == 0

    @pytest.mark.parametrize("died", [(0,), (1,), (0, 1)])
    def test_of_two_deliveries_each_counts_that_died(
        self, hookline: Installation, died: tuple[int, ...]
    ) -> None:
        """As if none had died: one event, and one duplicate of it."""
        body, deliveries = varda.message(7, 3, at(4)), list[RawRecord]()
        for n in range(2):
            deliveries.append(hookline.receive(body))
            if n in died:
                dead(hookline, deliveries[n])
            hookline.work()
        for n in reversed(died):
            redriven(hookline, deliveries[n])
        hookline.work()
        row = hookline.row("conversation", CHAT)
        assert (row.events, row.duplicates) == (4, 2)
        assert found(hookline)[CHAT].verdict == "equal"

    @pytest.mark.parametrize("times", [1, 2])
    def test_its_letter_is_no_longer_kept(self, hookline: Installation, times: int) -> None:
        """Its copy, later in the raw log, tells all the same that it was not folded; of a copy
        that died as well, the copy of that.
        """
        record = hookline.receive(varda.message(7, 3, at(4)))
        for _ in range(times):
            dead(hookline, record)
            record = redriven(hookline, record)
        hookline.receive(varda.message(7, 4, at(5)))
        hookline.work()
        for number, span in hookline.log.spans(hookline.topics.dead).items():
            hookline.log.expire(hookline.topics.dead, number, span.end)
        check = verification(hookline)
        assert {one.verdict for one in check.all()} == {"equal"}
        assert (check.tally.records, check.tally.dead, check.tally.redriven) == (
            8 + times,
            1,
            times,
        )
        key = verification(hookline, selection=Selection(key=CHAT))
        finding = key.key("conversation", CHAT)
        assert finding is not None and finding.verdict == "equal"
        assert key.tally.records == 6 + times

    def test_quickly(self, hookline: Installation) -> None:
        record = hookline.receive(varda.message(7, 3, at(4)))
        dead(hookline, record)
        redriven(hookline, record)
        hookline.work()
        finding = verification(hookline).quick("conversation", CHAT)
        assert finding is not None and finding.verdict == "equal"


def test_a_record_that_is_in_the_row_counts_although_it_has_a_dead_letter(
    hookline: Installation,
) -> None:
    number = hookline.log.partition_of(CHAT)
    hookline.log.append(
        hookline.topics.dead, number, CHAT.encode(), b"", [("hookline_raw", b"%d:0" % number)]
    )
    assert found(hookline)[CHAT].verdict == "equal"
