"""Given the topic of dead letters, then what is open and what it has in common."""

from __future__ import annotations

from typing import Any

import pytest

from app.read.dead_letters import (
    Letter,
    as_raw_record,
    groups,
    is_named,
    letter,
    sorted_out,
)
from app.simulate.payloads import varda
from tests.unit.read.installation import RECEIVED, SECOND, Installation


@pytest.fixture
def hookline() -> Installation:
    return Installation()


def letters(hookline: Installation) -> list[Letter]:
    return [letter(record) for record in hookline.log.read(hookline.topics.dead)]


def wrong_type(conversation: int, message: int) -> Any:
    return varda.message(conversation, message, RECEIVED, more={"content": {"not": "text"}})


def test_one_cause_is_one_group(hookline: Installation) -> None:
    for n in range(3):
        hookline.receive(wrong_type(7 + n // 2, n))
    last = hookline.receive(b"{broken")
    hookline.work()
    broken, mismatch = groups(sorted_out(letters(hookline)))
    assert (broken.reason, broken.count, broken.event) == ("not_json", 1, "unknown")
    assert broken.last_seen == last.received_at
    assert (mismatch.reason, mismatch.path) == ("schema_mismatch", "$.data.content")
    assert (mismatch.vendor, mismatch.event) == ("varda", "message.created")
    assert (mismatch.count, mismatch.conversations, mismatch.calls) == (3, 2, 0)
    assert (mismatch.first_seen, mismatch.last_seen) == (RECEIVED + SECOND, RECEIVED + 3 * SECOND)
    assert mismatch.message and "(at" not in mismatch.message


def test_the_example_is_the_raw_place_of_the_newest(hookline: Installation) -> None:
    hookline.receive(wrong_type(7, 1))
    newest = hookline.receive(wrong_type(7, 2))
    hookline.work()
    (group,) = groups(sorted_out(letters(hookline)))
    assert group.example == f"{newest.partition}:{newest.offset}"


def test_each_event_that_is_not_known_is_a_cause_of_its_own(hookline: Installation) -> None:
    for event in ("message.burnt", "message.burnt", "message.eaten"):
        hookline.receive({"event": event, "data": {"id": 1}})
    hookline.work()
    found = groups(sorted_out(letters(hookline)))
    assert {(one.vendor, one.event): one.count for one in found} == {
        ("varda", "message.burnt"): 2,
        ("varda", "message.eaten"): 1,
    }
    assert len({one.fingerprint for one in found}) == 2


def test_a_letter_written_again_by_a_worker_that_read_again_counts_once(
    hookline: Installation,
) -> None:
    record = hookline.receive(b"{broken")
    hookline.work()
    hookline.projected[record.partition] = 0
    hookline.work()
    found = letters(hookline)
    assert len(found) == 2
    assert len(sorted_out(found).open) == 1


def test_a_redriven_letter_is_closed(hookline: Installation) -> None:
    record = hookline.receive(b"{broken")
    hookline.receive(b"{broken too")
    hookline.work()
    raw = b"%d:%d" % (record.partition, record.offset)
    hookline.close_letter(record, (1, 17))
    (still_open,), (redriven,) = sorted_out(letters(hookline))
    assert still_open.raw != raw.decode()
    assert (redriven.raw, redriven.reason, redriven.copy) == (raw.decode(), "not_json", "1:17")


def test_it_stays_closed_when_a_worker_that_read_again_writes_it_again(
    hookline: Installation,
) -> None:
    record = hookline.receive(b"{broken")
    hookline.work()
    hookline.close_letter(record, (1, 17))
    hookline.projected[record.partition] = 0
    hookline.work()
    assert len(letters(hookline)) == 3
    assert [len(some) for some in sorted_out(letters(hookline))] == [0, 1]


def test_of_a_letter_that_expired_its_closing_tells(hookline: Installation) -> None:
    record = hookline.receive(b"{broken")
    hookline.work()
    hookline.close_letter(record, (1, 17))
    hookline.log.expire(hookline.topics.dead, record.partition, 1)
    (), (redriven,) = sorted_out(letters(hookline))
    assert (redriven.reason, redriven.key, redriven.copy) == ("redriven", record.key, "1:17")


def test_a_cause_of_which_all_are_redriven_comes_after_those_still_open(
    hookline: Installation,
) -> None:
    hookline.receive(wrong_type(7, 1))
    newest = [hookline.receive(b"{broken"), hookline.receive(b"{broken, too")]
    hookline.work()
    for record in newest:
        hookline.close_letter(record, (1, 17))
    mismatch, broken = groups(sorted_out(letters(hookline)))
    assert (mismatch.reason, mismatch.count, mismatch.redriven) == ("schema_mismatch", 1, 0)
    assert (broken.reason, broken.count, broken.redriven) == ("not_json", 0, 2)
    assert (broken.first_seen, broken.last_seen) == tuple(one.received_at for one in newest)


def test_of_a_cause_the_open_ones_tell_what_is_touched(hookline: Installation) -> None:
    first = hookline.receive(wrong_type(7, 1))
    hookline.receive(wrong_type(8, 2))
    hookline.receive(varda.contact("created", RECEIVED, more={"name": {"not": "text"}}))
    hookline.work()
    hookline.close_letter(first, (1, 17))
    found = sorted_out(letters(hookline))
    by_path = {one.path: one for one in groups(found, {one.known_by for one in found.open[:1]})}
    chats, contacts = by_path["$.data.content"], by_path["$.data.name"]
    assert (chats.count, chats.redriven, chats.redrivable, chats.conversations) == (1, 1, 1, 1)
    assert (contacts.count, contacts.redrivable, contacts.contacts) == (1, 0, 1)


def test_it_is_named_by_raw_place_fingerprint_or_event_id(hookline: Installation) -> None:
    record = hookline.receive(b"{broken")
    hookline.work()
    (one,) = letters(hookline)
    place = f"{record.partition}:{record.offset}"
    assert all(is_named(one, name) for name in (place, one.fingerprint, record.id))
    assert not is_named(one, "9:9")


def test_its_raw_record_can_be_read_from_it(hookline: Installation) -> None:
    record = hookline.receive(wrong_type(7, 1))
    hookline.work()
    (one,) = letters(hookline)
    assert as_raw_record(one) == record


def test_a_record_that_is_no_letter_is_shown_all_the_same(hookline: Installation) -> None:
    hookline.log.append(hookline.topics.dead, 0, None, None, [("ce_time", b"yesterday")])
    found = sorted_out(letters(hookline))
    (one,) = found.open
    assert (one.reason, one.received_at, one.body) == ("", None, b"")
    assert groups(found)[0].count == 1
