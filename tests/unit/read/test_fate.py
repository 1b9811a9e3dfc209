"""Given a raw record, then what became of it."""

from __future__ import annotations

from typing import Any

import pytest

from app.core.undecodable import Undecodable
from app.read.fate import Became, Fates, with_id
from app.simulate.payloads import varda
from tests.unit.read.installation import RECEIVED, Installation, catalogue

CHAT = varda.message(7, 1, RECEIVED)


@pytest.fixture
def hookline() -> Installation:
    return Installation()


def fates(hookline: Installation, id: str, **known: Any) -> list[Became]:
    projected = known.get("projected", hookline.projected)
    raw = hookline.topics.raw
    records = list(with_id(hookline.log, raw, id, hookline.log.spans(raw)))
    found = Fates(hookline.rows, catalogue(), projected)
    return found.of_all(records)


def test_applied_then_duplicate_in_every_place_it_was_delivered(hookline: Installation) -> None:
    id = hookline.receive(CHAT).id
    hookline.receive(CHAT)
    hookline.work()
    assert [one.fate for one in fates(hookline, id)] == ["applied", "duplicate"]


def test_it_has_moved_to_a_segment_of_the_ledger(hookline: Installation) -> None:
    id = hookline.receive(CHAT).id
    for n in range(2, 202):
        hookline.receive(varda.message(7, n, RECEIVED + n))
    hookline.work()
    assert [one.fate for one in fates(hookline, id)] == ["applied"]


def test_an_event_that_changes_no_row(hookline: Installation) -> None:
    id = hookline.receive({"type": "agent_created", "payload": AGENT}, source="convocore").id
    hookline.work()
    assert [one.fate for one in fates(hookline, id)] == ["event_only"]


AGENT = {"agentId": "a1", "agentName": "Ada", "createdAt": "2026-06-01T10:00:00Z"}


def test_a_dead_letter_and_why(hookline: Installation) -> None:
    id = hookline.receive(b"{broken").id
    hookline.work()
    (found,) = fates(hookline, id)
    assert found.fate == "dead_letter"
    assert found.letter is not None and found.letter.reason == "not_json"


def test_a_dead_letter_that_is_no_longer_kept(hookline: Installation) -> None:
    record = hookline.receive(b"{broken")
    hookline.work()
    hookline.log.expire(hookline.topics.dead, record.partition, 1)
    (found,) = fates(hookline, record.id)
    assert (found.fate, found.letter) == ("dead_letter", None)


def test_a_dead_letter_that_was_redriven(hookline: Installation) -> None:
    record = hookline.receive(b"{broken")
    hookline.work()
    hookline.close_letter(record, (1, 17))
    (found,) = fates(hookline, record.id)
    assert (found.fate, found.copy) == ("redriven", "1:17")
    assert found.letter is not None and found.letter.reason == "not_json"


@pytest.mark.parametrize("kept", [True, False])
def test_a_redriven_one_and_the_copy_that_is_in_the_row(hookline: Installation, kept: bool) -> None:
    record = hookline.receive(CHAT)
    hookline.projected[record.partition] = 1
    hookline.bury(record, Undecodable("internal", "a fault"))
    copy = hookline.receive(CHAT, redrive=f"{record.partition}:{record.offset}")
    hookline.close_letter(record, (copy.partition, copy.offset))
    hookline.work()
    if not kept:
        hookline.log.expire(hookline.topics.dead, record.partition, 2)
    died, applied = fates(hookline, record.id)
    assert (died.fate, died.copy) == ("redriven", f"{copy.partition}:{copy.offset}")
    assert (died.letter is not None) == kept
    assert (applied.fate, applied.record.redrive) == ("applied", f"{record.partition}:0")


def test_the_worker_has_not_come_to_it(hookline: Installation) -> None:
    id = hookline.receive(CHAT).id
    assert [one.fate for one in fates(hookline, id)] == ["waiting"]
    assert [one.fate for one in fates(hookline, id, projected=None)] == ["waiting"]


def test_the_worker_has_passed_it_and_it_is_not_in_its_row(hookline: Installation) -> None:
    record = hookline.receive(CHAT)
    hookline.projected[record.partition] = 1
    assert [one.fate for one in fates(hookline, record.id)] == ["not_in_row"]


def test_no_such_webhook(hookline: Installation) -> None:
    hookline.receive(CHAT)
    assert fates(hookline, "0" * 32) == []
