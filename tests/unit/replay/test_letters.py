"""Given dead letters, then those whose webhooks a shadow has and no event was published of."""

from __future__ import annotations

import pytest

from app.core.undecodable import Undecodable
from app.core.webhook import RawRecord
from app.replay.letters import Letters
from app.replay.selection import Selection
from app.simulate.payloads import varda
from tests.unit.read.installation import Installation, catalogue
from tests.unit.replay.shadows import CHAT, at, hookline


@pytest.fixture
def live() -> Installation:
    return hookline()


def letters(live: Installation, selection: Selection | None = None) -> list[str]:
    asked = live.log, live.topics.dead, catalogue(), live.codecs, selection or Selection()
    return Letters(*asked).unpublished(live.projected)


def buried(live: Installation) -> RawRecord:
    record = live.receive(varda.message(7, 700, at(700)))
    live.bury(record, Undecodable("schema_mismatch", "it had a fault"))
    live.projected[record.partition] = record.offset + 1
    return record


def redriven(live: Installation, record: RawRecord) -> RawRecord:
    copy = live.receive(record.body, redrive=f"{record.partition}:{record.offset}")
    live.close_letter(record, (copy.partition, copy.offset))
    return copy


def test_one_that_decodes_by_now_is_one(live: Installation) -> None:
    record = buried(live)
    assert letters(live) == [f"{record.partition}:{record.offset}"]


def test_one_that_does_not_is_none(live: Installation) -> None:
    live.receive(b"{broken")
    live.work()
    assert letters(live) == []


def test_one_whose_copy_waits_for_the_workers_still_is(live: Installation) -> None:
    """They would take the copy for a duplicate, and publish nothing."""
    record = buried(live)
    copy = redriven(live, record)
    assert letters(live) == [f"{record.partition}:{record.offset}"]
    live.projected[copy.partition] = copy.offset + 1
    assert letters(live) == []


def test_of_what_the_shadow_was_not_made_of_none_is(live: Installation) -> None:
    buried(live)
    assert letters(live, Selection(sources=("voxsig",))) == []
    assert letters(live, Selection(key=CHAT)) != []


def test_what_no_endpoint_wrote_is_none(live: Installation) -> None:
    live.log.append(live.topics.dead, 0, b"what is this", b"a letter", [])
    assert letters(live) == []
