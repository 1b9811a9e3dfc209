"""Given raw records and rows, then what is found of each row."""

from __future__ import annotations

from collections import Counter

import pytest

from app.core.ledger import SIZE
from app.replay.selection import Selection
from app.simulate.payloads import varda
from tests.unit.read.installation import Installation
from tests.unit.replay.verifying import CALL, CHAT, at, fields, found, verification


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
