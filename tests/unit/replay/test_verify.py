"""Given raw records and rows, then what is found of each row."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from app.core.ledger import SIZE
from app.core.undecodable import Undecodable
from app.core.webhook import RawRecord
from app.replay.finding import Finding
from app.replay.selection import Selection
from app.replay.verify import Verification
from app.simulate.payloads import varda
from tests.unit.read.installation import RECEIVED, SECOND, Installation, catalogue

CHAT = "varda/conversation/7"
CALL = "varda/call/9"


@pytest.fixture
def hookline() -> Installation:
    """A conversation of three webhooks (one twice), a call, an agent, and a broken body."""
    hookline = Installation()
    hookline.receive(varda.conversation("created", 7, at(0)))
    hookline.receive(varda.message(7, 1, at(1)))
    hookline.receive(varda.message(7, 2, at(2), direction="outbound"))
    hookline.receive(varda.message(7, 1, at(1)))
    hookline.receive(varda.call("started", 9, at(3), started_at=at(3)))
    hookline.receive(b"{broken")
    hookline.work()
    return hookline


def at(seconds: int) -> int:
    return RECEIVED + seconds * SECOND


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


def verification(hookline: Installation, **options: Any) -> Verification:
    options = {"projected": hookline.projected, **options}
    return Verification(hookline.rows, hookline.topics, catalogue(), **options)


def found(hookline: Installation, **options: Any) -> dict[str, Finding]:
    return {one.key: one for one in verification(hookline, **options).all()}


def fields(finding: Finding) -> list[str]:
    return [difference.field for difference in finding.differences]


def test_rows_that_the_raw_log_gives_are_right(hookline: Installation) -> None:
    check = verification(hookline)
    assert {one.key: one.verdict for one in check.all()} == {CHAT: "equal", CALL: "equal"}
    assert check.tally.rows == Counter(equal=2)
    assert (check.tally.records, check.tally.dead, check.tally.wrong) == (6, 1, 0)


def test_a_row_that_says_something_else_differs_field_by_field(hookline: Installation) -> None:
    row = hookline.row("conversation", CHAT)
    row.status = "resolved"
    row.messages.inbound = 5
    hookline.overwrite("conversation", CHAT, row)
    finding = found(hookline)[CHAT]
    assert finding.verdict == "differs"
    assert [(d.field, d.left, d.right) for d in finding.differences] == [
        ("status", "resolved", "open"),
        ("messages.inbound", 5, 1),
    ]


def test_what_the_worker_has_not_come_to_is_no_difference(hookline: Installation) -> None:
    hookline.receive(varda.message(7, 3, at(4)))
    hookline.receive(varda.message(8, 4, at(4)))
    check = verification(hookline)
    assert {one.verdict for one in check.all()} == {"equal"}
    assert check.tally.waiting == 2


def test_a_row_ahead_of_the_committed_offset_is_compared_as_it_stands(
    hookline: Installation,
) -> None:
    committed = dict(hookline.projected)
    hookline.receive(varda.message(7, 3, at(4)))
    hookline.work()
    assert found(hookline, projected=committed)[CHAT].verdict == "equal"


def test_a_row_that_was_not_written_is_behind(hookline: Installation) -> None:
    row = hookline.row("conversation", CHAT)
    record = hookline.receive(varda.message(7, 3, at(4)))
    hookline.work()
    hookline.overwrite("conversation", CHAT, row)
    finding = found(hookline)[CHAT]
    assert finding.verdict == "behind"
    assert finding.records == [f"{record.partition}:{record.offset}"]


def test_a_missing_row_is_found(hookline: Installation) -> None:
    hookline.overwrite("conversation", CHAT, None)
    finding = found(hookline)[CHAT]
    assert (finding.verdict, len(finding.records)) == ("missing", 4)


def test_a_row_that_no_raw_record_makes_is_unexpected(hookline: Installation) -> None:
    key = "varda/conversation/8"
    row = hookline.row("conversation", CHAT)
    row.conversation_id = "8"
    hookline.overwrite("conversation", key, row)
    assert found(hookline)[key].verdict == "unexpected"


def test_a_row_of_an_older_fold_is_not_wrong(hookline: Installation) -> None:
    row = hookline.row("conversation", CHAT)
    row.fold_version, row.status = 0, "otherwise"
    hookline.overwrite("conversation", CHAT, row)
    check = verification(hookline)
    assert next(f for f in check.all() if f.key == CHAT).verdict == "older fold"
    assert check.tally.wrong == 0


def test_a_row_of_a_newer_fold_cannot_be_judged(hookline: Installation) -> None:
    row = hookline.row("conversation", CHAT)
    row.fold_version = 99
    hookline.overwrite("conversation", CHAT, row)
    finding = found(hookline)[CHAT]
    assert (finding.verdict, finding.wrong) == ("newer fold", True)


def test_a_value_that_is_no_row(hookline: Installation) -> None:
    number = hookline.log.partition_of(CHAT)
    hookline.log.append(hookline.topics.state_conversations, number, CHAT.encode(), b"\0\0\0\0\0!")
    finding = found(hookline)[CHAT]
    assert finding.verdict == "unreadable"
    assert finding.why


def test_a_row_whose_first_records_are_no_longer_kept_is_expired(hookline: Installation) -> None:
    number = hookline.log.partition_of(CHAT)
    hookline.log.expire(hookline.topics.raw, number, 1)
    finding = found(hookline)[CHAT]
    assert (finding.verdict, finding.wrong) == ("expired", False)


def test_a_row_whose_records_are_all_still_kept_is_judged_after_others_expired() -> None:
    hookline = Installation(partitions=1)
    hookline.receive(varda.message(6, 1, at(1)))
    hookline.receive(varda.message(7, 1, at(1)))
    hookline.work()
    hookline.log.expire(hookline.topics.raw, 0, 1)
    assert {key: one.verdict for key, one in found(hookline).items()} == {
        "varda/conversation/6": "expired",
        "varda/conversation/7": "equal",
    }


def test_nobody_knows_how_far_the_worker_came() -> None:
    hookline = Installation(partitions=1)
    hookline.receive(varda.message(6, 1, at(1)))
    hookline.receive(varda.message(7, 1, at(1)))
    hookline.work()
    hookline.receive(varda.message(8, 1, at(1)))
    hookline.overwrite("conversation", "varda/conversation/6", None)
    check = verification(hookline, projected=None)
    assert {one.key: one.verdict for one in check.all()} == {
        "varda/conversation/6": "missing",
        "varda/conversation/7": "equal",
    }
    assert check.tally.waiting == 1


def test_a_long_conversation_is_proved_with_its_segments() -> None:
    hookline = Installation()
    for n in range(300):
        hookline.receive(varda.message(7, n, at(n)))
        if n % 7 == 0:
            hookline.work()
    hookline.work()
    row = hookline.row("conversation", CHAT)
    assert row.fold.moved == 192
    assert found(hookline)[CHAT].verdict == "equal"
    number = hookline.log.partition_of(CHAT)
    segment = hookline.log.fetch(hookline.topics.ledger, number, range(1000))[-1]
    assert segment.key is not None and segment.value is not None
    hookline.log.append(hookline.topics.ledger, number, segment.key, segment.value[SIZE:])
    finding = found(hookline)[CHAT]
    assert finding.verdict == "differs"
    assert [field.partition("[")[0] for field in fields(finding)] == ["ledger#"]


def test_segments_that_a_dead_worker_wrote_beyond_the_row_do_not_matter() -> None:
    hookline = Installation()
    for n in range(128):
        hookline.receive(varda.message(7, n, at(n)))
    hookline.work()
    before = hookline.row("conversation", CHAT)
    for n in range(128, 200):
        hookline.receive(varda.message(7, n, at(n)))
    committed = dict(hookline.projected)
    hookline.work()
    hookline.overwrite("conversation", CHAT, before)
    assert found(hookline, projected=committed)[CHAT].verdict == "equal"


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


def test_only_one_source(hookline: Installation) -> None:
    hookline.receive({"agentId": "a"}, source="convocore")
    hookline.work()
    assert found(hookline, selection=Selection(sources=("convocore",))) == {}
    assert len(found(hookline, selection=Selection(sources=("varda",)))) == 2


def test_what_no_endpoint_wrote_is_counted_only(hookline: Installation) -> None:
    hookline.log.append(hookline.topics.raw, 0, b"varda/conversation/7", b"{}")
    check = verification(hookline)
    assert {one.verdict for one in check.all()} == {"equal"}
    assert check.tally.foreign == 1


@pytest.mark.parametrize("sources", [(), ("varda",)])
@pytest.mark.parametrize("key", [b"\xff\xfe", b"varda/conversation/\xff", b"", None])
def test_a_raw_key_that_is_no_text_stops_nothing(
    hookline: Installation, key: bytes | None, sources: tuple[str, ...]
) -> None:
    whole = next(hookline.log.read(hookline.topics.raw))
    hookline.log.append(hookline.topics.raw, 0, key, whole.value, whole.headers)
    assert {
        key: one.verdict
        for key, one in found(hookline, selection=Selection(sources=sources)).items()
    } == {CHAT: "equal", CALL: "equal"}


def test_a_row_whose_key_is_no_text_is_none(hookline: Installation) -> None:
    value = hookline.codecs["conversation"].dumps(hookline.row("conversation", CHAT))
    hookline.log.append(hookline.topics.state_conversations, 0, b"varda/\xff", value)
    findings = found(hookline)
    assert findings[CHAT].verdict == "equal"
    finding = findings["varda/\\xff"]
    assert (finding.verdict, finding.why) == ("unreadable", "its key is not UTF-8")


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
