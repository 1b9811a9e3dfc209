"""Given two rows, then the fields that they do not agree on."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from msgspec import UNSET

from app.core.conversation import Conversation
from app.core.facts import ConversationFacts, Message, Person
from app.core.people import Shown
from app.core.statuses import Point
from app.read.compare import Difference, differences
from tests.unit.core.folding import KEY, Folding
from tests.unit.read.installation import row_json

AT = 1_780_315_200_000_000
NOON = "2026-06-01T12:00:00.000000Z"


def row() -> Conversation:
    folding = Folding()
    folding.take(
        "a",
        ConversationFacts(
            at=AT,
            contact=Person(id="5", name="Jane"),
            message=Message(id="1", cls="inbound", at=AT, text="Hello"),
            attributes={"plan": "gold"},
        ),
    )
    folding.write()
    found = folding.row(KEY)
    assert isinstance(found, Conversation)
    return found


def other(**changed: Any) -> Conversation:
    changed_row = deepcopy(row())
    for name, value in changed.items():
        setattr(changed_row, name, value)
    return changed_row


def compared(ours: Conversation, theirs: Conversation, **options: Any) -> list[Difference]:
    json = row_json()
    return differences(
        json.of("conversation", ours, internals=True),
        json.of("conversation", theirs, internals=True),
        **options,
    )


def test_equal_rows_do_not_differ_whatever_they_remember_beside_their_fields() -> None:
    theirs = other()
    theirs.recent_messages[0].encoded = "otherwise"
    assert compared(row(), theirs) == []


def test_a_field_a_time_a_person_an_attribute() -> None:
    theirs = other(
        status="open", ended_at=AT, contact=Shown(id="5", name="Jo"), attributes={"tier": "1"}
    )
    assert compared(row(), theirs) == [
        Difference(field="status", left=None, right="open"),
        Difference(field="contact.name", left="Jane", right="Jo"),
        Difference(field="ended_at", left=None, right=NOON),
        Difference(field="attributes.plan", left="gold"),
        Difference(field="attributes.tier", right="1"),
    ]


def test_somebody_and_nobody() -> None:
    (difference,) = compared(row(), other(contact=None))
    assert (difference.field, difference.right) == ("contact", None)
    assert isinstance(difference.left, dict) and difference.left["name"] == "Jane"


def test_elements_of_a_list_are_told_apart_by_id_or_time() -> None:
    ours = other(status_history=[Point(at=AT, status="open")])
    theirs = other(status_history=[Point(at=AT, status="resolved")], recent_messages=[])
    found = compared(ours, theirs)
    assert [(one.field, one.right) for one in found] == [
        ("recent_messages[1]", UNSET),
        (f"status_history[{NOON}].status", "resolved"),
    ]


def test_the_same_elements_in_another_order() -> None:
    points = [Point(at=AT, status="open"), Point(at=AT + 1, status="resolved")]
    (difference,) = compared(other(status_history=points), other(status_history=points[::-1]))
    assert difference.field == "status_history[]"


def test_elements_that_cannot_be_told_apart_are_compared_as_a_whole() -> None:
    points = [Point(at=AT, status="open"), Point(at=AT, status="resolved")]
    (difference,) = compared(other(status_history=points), other(status_history=points[:1]))
    assert difference.field == "status_history"


def test_the_ledger_by_its_entries() -> None:
    (difference,) = compared(row(), other(ledger=bytearray()))
    assert difference.field == "ledger[3:0]"
    assert isinstance(difference.left, dict) and difference.left["message"] == "inbound"


def test_the_order_of_the_ledger() -> None:
    folding = Folding()
    folding.take("a", ConversationFacts(at=AT))
    folding.take("b", ConversationFacts(at=AT))
    ours = folding.row()
    assert isinstance(ours, Conversation)
    theirs = deepcopy(ours)
    theirs.ledger = ours.ledger[43:] + ours.ledger[:43]
    (difference,) = compared(ours, theirs)
    assert (difference.field, difference.left) == ("ledger[]", ["3:0", "3:1"])


def test_fields_left_out() -> None:
    assert compared(row(), other(offset=7, duplicates=2), without=("offset", "duplicates")) == []


def test_what_is_inside_the_fold() -> None:
    theirs = other()
    theirs.fold.kept.shown[0].text_by = b""
    assert [one.field for one in compared(row(), theirs)] == ["fold.kept.shown[1].text_by"]
