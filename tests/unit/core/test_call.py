"""What facts make of a call's row and a contact's: design, rows."""

from __future__ import annotations

import pytest

from app.core.facts import CallFacts, ContactFacts, Outcome
from tests.unit.core.folding import Folding

CALL = "shop/call/7"
CONTACT = "shop/contact/7"


@pytest.fixture
def folding() -> Folding:
    return Folding()


def take(folding: Folding, name: str, **facts: object) -> object:
    folding.take(name, CallFacts(**facts), key=CALL)  # type: ignore[arg-type]
    return folding.row(CALL, "call")


def test_a_call_goes_from_started_to_tagged(folding: Folding) -> None:
    phases = [
        take(folding, "a", at=1, started_at=1).phase,
        take(folding, "b", at=2, answered_at=2).phase,
        take(folding, "c", at=3, ended_at=3).phase,
        take(folding, "d", at=4, outcome=Outcome(id="1", type="booked")).phase,
    ]
    assert phases == ["started", "answered", "ended", "tagged"]


def test_a_tag_before_its_call_makes_the_row(folding: Folding) -> None:
    assert take(folding, "tag", at=9, outcome=Outcome(id="1", type="spam")).phase == "tagged"
    row = take(folding, "call", at=5, started_at=2, values={"direction": "inbound"})
    assert (row.started_at, row.created_at, row.direction, row.outcome) == (2, 2, "inbound", "spam")


def test_the_same_outcome_again_replaces_it_by_time_and_keeps_its_first_time(
    folding: Folding,
) -> None:
    take(folding, "later", at=9, outcome=Outcome(id="1", type="booked"))
    row = take(folding, "earlier", at=5, outcome=Outcome(id="1", type="quoted"))
    assert [(o.type, o.tagged_at) for o in row.outcomes] == [("booked", 5)]
    row = take(folding, "other", at=7, outcome=Outcome(id="2", type="spam"))
    assert ([o.id for o in row.outcomes], row.outcome, row.tagged_at) == (["1", "2"], "spam", 5)


def test_first_times_are_the_earliest_stated(folding: Folding) -> None:
    take(folding, "ended", at=9, ended_at=9)
    row = take(folding, "hangup", at=8, ended_at=7)
    assert row.ended_at == 7


def test_created_never_beats_an_update_whenever_it_arrives(folding: Folding) -> None:
    facts = {"values": {"name": "Old", "email": "old@example.com"}, "oldest": True}
    folding.take("updated", ContactFacts(at=1, values={"name": "New"}), key=CONTACT)
    folding.take("created", ContactFacts(at=9, **facts), key=CONTACT)  # type: ignore[arg-type]
    row = folding.row(CONTACT, "contact")
    assert (row.name, row.email, row.updated_at) == ("New", "old@example.com", 9)


def test_a_deleted_contact_is_deleted_by_time(folding: Folding) -> None:
    folding.take("d", ContactFacts(at=5, values={"deleted": True}), key=CONTACT)
    folding.take("u", ContactFacts(at=1, values={"name": "Ann"}), key=CONTACT)
    assert folding.row(CONTACT, "contact").phase == "deleted"
