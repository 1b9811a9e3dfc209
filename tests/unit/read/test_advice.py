"""What is said to do about a dead letter fits its state."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from app.core.undecodable import NO_ENDPOINT, STORED_BEFORE, Undecodable
from app.core.webhook import NotARawRecord
from app.read.advice import Redrive, what_to_do
from app.read.dead_letters import Letter, as_raw_record

REDRIVE = Redrive("a redrive", "Its preview shows")
LETTER = Letter(
    raw="0:1",
    place="0:0",
    key="eu/unknown/1",
    id="1",
    source="eu",
    type="voxsig.unknown",
    event="unknown",
    received_at=0,
    reason="unknown_event",
    fingerprint="0123456789abcdef",
    message="voxsig has no event 'x'",
    path="$",
    error_class="Undecodable",
    content_type="application/json",
    body=b"{}",
    headers=[],
)


def advice(*, mended: bool = False, **of: object) -> str:
    return what_to_do(replace(LETTER, **of), REDRIVE, mended=mended)


def test_an_unknown_event_is_added_or_switched_off_and_then_redriven() -> None:
    said = advice()
    assert "add it" in said
    assert "switch it off at the vendor" in said
    assert said.endswith("Once the cause is mended, a redrive takes it in.")


@pytest.mark.parametrize("message", [LETTER.message, f"{STORED_BEFORE} 'x'", NO_ENDPOINT])
def test_nothing_is_to_be_done_about_one_that_was_redriven(message: str) -> None:
    assert advice(is_closed=True, message=message) == "It was redriven: nothing."


def test_one_that_decodes_today_waits_for_its_redrive_alone() -> None:
    said = "Its cause is mended: a redrive takes it in. Its preview shows first what would change."
    assert advice(mended=True, message=f"{STORED_BEFORE} 'voxsig.x'") == said


def test_an_event_that_is_known_by_now_is_not_said_to_be_unknown() -> None:
    said = advice(message=f"{STORED_BEFORE} 'voxsig.x' could be identified: redrive it")
    assert "does not know" not in said
    assert "a redrive takes it in" in said


def test_what_no_endpoint_wrote_is_no_event_of_a_vendor() -> None:
    with pytest.raises(NotARawRecord) as why:
        as_raw_record(LETTER)
    message = str(Undecodable("unknown_event", f"{NO_ENDPOINT}: {why.value}"))
    said = advice(message=message)
    assert "vendor" not in said
    assert "raw topic" in said
    assert "redrive" not in said
