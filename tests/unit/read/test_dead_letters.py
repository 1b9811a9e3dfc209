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
    open_letters,
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
    broken, mismatch = groups(open_letters(letters(hookline)))
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
    (group,) = groups(open_letters(letters(hookline)))
    assert group.example == f"{newest.partition}:{newest.offset}"


def test_a_letter_written_again_by_a_worker_that_read_again_counts_once(
    hookline: Installation,
) -> None:
    record = hookline.receive(b"{broken")
    hookline.work()
    hookline.projected[record.partition] = 0
    hookline.work()
    found = letters(hookline)
    assert len(found) == 2
    assert len(open_letters(found)) == 1


def test_a_redriven_letter_is_closed(hookline: Installation) -> None:
    record = hookline.receive(b"{broken")
    hookline.receive(b"{broken too")
    hookline.work()
    raw = b"%d:%d" % (record.partition, record.offset)
    closing = [("hookline_raw", raw), ("hookline_reason", b"redriven")]
    hookline.log.append(hookline.topics.dead, record.partition, b"", b"", closing)
    (still_open,) = open_letters(letters(hookline))
    assert still_open.raw != raw.decode()


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
    (one,) = open_letters(letters(hookline))
    assert (one.reason, one.received_at, one.body) == ("", None, b"")
    assert groups([one])[0].count == 1
