"""Given two rows, then the fields that they do not agree on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

from msgspec import UNSET

from app.core.call import Outcome
from app.core.conversation import Conversation
from app.core.facts import ConversationFacts, Message, Person
from app.core.people import Shown
from app.core.statuses import Point
from app.read.compare import Difference, differences, plain
from tests.unit.core.folding import KEY, Folding

AT = 1_780_315_200_000_000
STATE = Path(__file__).parents[3] / "schemas" / "state"


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


def test_equal_rows_do_not_differ_however_they_were_written() -> None:
    assert differences(row(), other(written=b"otherwise")) == []


def test_a_field_a_time_a_person_an_attribute() -> None:
    theirs = other(
        status="open", ended_at=AT, contact=Shown(id="5", name="Jo"), attributes={"tier": "1"}
    )
    assert differences(row(), theirs) == [
        Difference(field="attributes.plan", left="gold"),
        Difference(field="attributes.tier", right="1"),
        Difference(field="status", left=None, right="open"),
        Difference(field="contact.name", left="Jane", right="Jo"),
        Difference(field="ended_at", left=None, right="2026-06-01T12:00:00.000000Z"),
    ]


def test_somebody_and_nobody() -> None:
    (difference,) = differences(row(), other(contact=None))
    assert difference.field == "contact"
    assert difference.right is None
    assert isinstance(difference.left, dict) and difference.left["name"] == "Jane"


def test_elements_of_a_list_are_told_apart_by_id_or_time() -> None:
    first = Outcome(
        id="1",
        type="booked",
        estimated_value_cents=None,
        actual_value_cents=None,
        revenue_cents=None,
        notes=None,
        tagged_at=AT,
    )
    ours = other(status_history=[Point(at=AT, status="open")], recent_messages=[first])
    theirs = other(status_history=[Point(at=AT, status="resolved")], recent_messages=[])
    found = differences(ours, theirs)
    assert [(one.field, one.right) for one in found] == [
        ("recent_messages[1]", UNSET),
        ("status_history[2026-06-01T12:00:00.000000Z].status", "resolved"),
    ]


def test_the_same_elements_in_another_order() -> None:
    points = [Point(at=AT, status="open"), Point(at=AT + 1, status="resolved")]
    (difference,) = differences(other(status_history=points), other(status_history=points[::-1]))
    assert difference.field == "status_history[]"


def test_elements_that_cannot_be_told_apart_are_compared_as_a_whole() -> None:
    points = [Point(at=AT, status="open"), Point(at=AT, status="resolved")]
    (difference,) = differences(other(status_history=points), other(status_history=points[:1]))
    assert difference.field == "status_history"


def test_the_ledger_by_its_entries() -> None:
    (difference,) = differences(row(), other(ledger=bytearray()))
    assert difference.field == "ledger[3:0]"
    assert difference.internal
    assert isinstance(difference.left, dict)
    assert difference.left["message"] == "inbound"


def test_the_order_of_the_ledger() -> None:
    folding = Folding()
    folding.take("a", ConversationFacts(at=AT))
    folding.take("b", ConversationFacts(at=AT))
    ours = folding.row()
    theirs = deepcopy(ours)
    theirs.ledger = ours.ledger[43:] + ours.ledger[:43]
    (difference,) = differences(ours, theirs)
    assert (difference.field, difference.left) == ("ledger[]", ["3:0", "3:1"])


def test_fields_left_out() -> None:
    assert differences(row(), other(offset=7, duplicates=2), without=("offset", "duplicates")) == []


def test_what_is_inside_the_fold() -> None:
    theirs = other()
    theirs.fold.kept[0].text = "Bye"
    assert [one.field for one in differences(row(), theirs)] == ["fold.kept[1].text"]


def test_every_time_of_a_row_is_known_by_its_name() -> None:
    """`plain` has no schema: the names of times say that they are times."""
    for path in STATE.glob("*/v*.avsc"):
        for name, is_time in _longs(json.loads(path.read_text())):
            assert is_time == (name == "at" or name.endswith("_at")), f"{path.parent.name}: {name}"


def _longs(schema: Any, name: str = "") -> Iterator[tuple[str, bool]]:
    """Name and whether it is a time, of every long outside the fold."""
    match schema:
        case list():
            for one in schema:
                yield from _longs(one, name)
        case {"type": "record", "fields": fields}:
            for field in fields:
                if field["name"] != "fold":
                    yield from _longs(field["type"], field["name"])
        case {"type": "array", "items": items}:
            yield from _longs(items, name)
        case {"type": "long", "logicalType": "timestamp-micros"}:
            yield name, True
        case "long":
            yield name, False


def test_zero_is_no_time() -> None:
    assert plain({"at": 0}) == {"at": 0}
    assert plain(AT, "ended_at") == "2026-06-01T12:00:00.000000Z"
