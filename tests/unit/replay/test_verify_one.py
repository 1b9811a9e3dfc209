"""One key: against all of its partition, or quickly, by what its row names."""

from __future__ import annotations

from app.kafka.log import MIB
from app.read.waiting import MOST, MOST_BYTES, Waiting
from app.replay.selection import Selection
from app.simulate.payloads import varda
from tests.unit.read.installation import Installation
from tests.unit.replay.verifying import CHAT, at, fields, verification


class TestOneKey:
    def test_it_is_right(self, hookline: Installation) -> None:
        finding = verification(hookline).key("conversation", CHAT)
        assert finding is not None and finding.verdict == "equal"

    def test_neither_row_nor_records(self, hookline: Installation) -> None:
        selection = Selection(key="varda/conversation/99")
        check = verification(hookline, selection=selection)
        assert check.key("conversation", "varda/conversation/99") is None

    def test_a_missing_row(self, hookline: Installation) -> None:
        hookline.overwrite("conversation", CHAT, None)
        finding = verification(hookline, selection=Selection(key=CHAT)).key("conversation", CHAT)
        assert finding is not None and finding.verdict == "missing"

    def test_quickly_by_the_records_it_names(self, hookline: Installation) -> None:
        check = verification(hookline, selection=Selection(key=CHAT))
        finding = check.quick("conversation", CHAT)
        assert finding is not None and finding.verdict == "equal"
        assert check.tally.records == 4

    def test_quickly_it_differs(self, hookline: Installation) -> None:
        row = hookline.row("conversation", CHAT)
        row.status = "resolved"
        hookline.overwrite("conversation", CHAT, row)
        finding = verification(hookline).quick("conversation", CHAT)
        assert finding is not None and fields(finding) == ["status"]

    def test_quickly_does_not_see_what_the_row_does_not_name(self, hookline: Installation) -> None:
        row = hookline.row("conversation", CHAT)
        hookline.receive(varda.message(7, 3, at(4)))
        hookline.work()
        hookline.overwrite("conversation", CHAT, row)
        check = verification(hookline, selection=Selection(key=CHAT))
        quick, complete = check.quick("conversation", CHAT), check.key("conversation", CHAT)
        assert quick is not None and quick.verdict == "equal"
        assert complete is not None and complete.verdict == "behind"


def test_quick_counts_what_waits_for_the_worker(hookline: Installation) -> None:
    hookline.receive(varda.message(7, 8, at(20)))
    hookline.receive(varda.message(8, 1, at(20)))
    check = verification(hookline)
    finding = check.quick("conversation", CHAT)
    assert finding is not None and finding.verdict == "equal"
    assert (check.tally.waiting, check.tally.records) == (1, 5)


def test_quick_counts_what_waits_where_there_is_no_row_yet(hookline: Installation) -> None:
    hookline.receive(varda.message(8, 1, at(20)))
    check = verification(hookline)
    assert check.quick("conversation", "varda/conversation/8") is None
    assert (check.tally.waiting, check.tally.records) == (1, 1)
    assert (check.waiting.webhooks, check.waiting.since) == (1, hookline.now)


def test_quick_says_where_too_many_wait_to_look_through(hookline: Installation) -> None:
    hookline.crowd(hookline.log.partition_of(CHAT), MOST + 1)
    check = verification(hookline)
    finding = check.quick("conversation", CHAT)
    assert finding is not None and finding.verdict == "equal"
    assert check.waiting == Waiting(unsearched=MOST + 1)
    assert (check.tally.waiting, check.tally.records) == (0, 4)


def test_quick_counts_none_where_too_much_waits_to_look_through(hookline: Installation) -> None:
    number, raw = hookline.log.partition_of(CHAT), hookline.topics.raw
    hookline.receive(varda.message(7, 8, at(20)))
    for _ in range(MOST_BYTES // MIB):
        hookline.log.append(raw, number, b"nobody", bytes(MIB))
    check = verification(hookline)
    check.quick("conversation", CHAT)
    assert check.waiting == Waiting(unsearched=MOST_BYTES // MIB + 1)
    assert (check.tally.waiting, check.tally.records) == (0, 4)
