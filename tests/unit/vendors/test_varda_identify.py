"""What a Varda body is about."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from app.core.undecodable import Undecodable
from app.core.vendors.contract import Identity, Source
from app.core.vendors.varda import VENDOR
from tests.unit.vendors.any_bytes import bodies, identify_or_say_why

SOURCE = Source(name="calls", vendor="varda", account_id="acme")
NAMES = [event.name for event in VENDOR.events]
FIELDS = ["data", "id", "conversation_id", "call_session_id", "contact"]


def identify(event: Any, data: Any) -> Identity:
    body = json.dumps({"event": event, "data": data}).encode()
    return VENDOR.identify(body, "application/json", SOURCE)


def refusal(event: Any, data: Any) -> tuple[str, str]:
    with pytest.raises(Undecodable) as undecodable:
        identify(event, data)
    return undecodable.value.reason, undecodable.value.path


@pytest.mark.parametrize(
    ("event", "kind", "field"),
    [
        ("conversation.created", "conversation", "id"),
        ("conversation.resolved", "conversation", "id"),
        ("conversation.closed", "conversation", "id"),
        ("message.created", "conversation", "conversation_id"),
        ("call.started", "call", "id"),
        ("call.ended", "call", "id"),
        ("call.outcome_tagged", "call", "call_session_id"),
        ("contact.created", "contact", "id"),
        ("contact.updated", "contact", "id"),
    ],
)
def test_each_event_is_about_the_thing_whose_id_it_carries(
    event: str, kind: str, field: str
) -> None:
    ids = {"id": "another", "conversation_id": "another", "call_session_id": "another"}
    assert identify(event, {**ids, field: 42}) == Identity(type=event, kind=kind, id="42")
    assert identify(event, {field: "a/b"}).id == "a/b"
    for wrong in ("", True, 1.5, [], {}, "x" * 257):
        assert refusal(event, {**ids, field: wrong}) == ("no_key", f"$.data.{field}")
    if kind != "contact":
        for data in ({}, None, [], "x"):
            assert refusal(event, data) == ("no_key", f"$.data.{field}")


def test_a_contact_may_be_enclosed() -> None:
    assert identify("contact.updated", {"contact": {"id": 7}}).id == "7"
    assert identify("contact.updated", {"id": 8, "contact": {"id": 7}}).id == "8"
    assert refusal("contact.updated", {"contact": {}}) == ("no_key", "$.data.contact.id")


def test_a_wrong_type_elsewhere_does_not_hide_the_key() -> None:
    assert identify("call.ended", {"id": 1, "conversation_id": [], "contact": 5}).id == "1"


@pytest.mark.parametrize("event", [None, 5, "", "call.Ended", ["call.ended"], "call"])
def test_an_event_that_is_not_in_the_list(event: Any) -> None:
    assert refusal(event, {"id": 1})[0] == "unknown_event"


@given(bodies(NAMES, FIELDS))
def test_any_bytes_are_identified_or_explained(body: bytes) -> None:
    identify_or_say_why(VENDOR, body, SOURCE)
