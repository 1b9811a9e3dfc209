"""What a Voxsig body is about: `<account>-<id>`."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from app.core.undecodable import Undecodable
from app.core.vendors.contract import Identity, Source
from app.core.vendors.voxsig import VENDOR
from tests.unit.vendors.any_bytes import ODD_BODIES, bodies, identify_or_say_why

SOURCE = Source(name="support", vendor="voxsig", account_id="9")
CONVERSATIONS = [
    "conversation_created",
    "conversation_updated",
    "conversation_status_changed",
    "conversation_opened",
    "conversation_resolved",
    "automation_event.message_created",
    "automation_event.conversation_opened",
    "macro.executed",
]
INSIDE_A_CONVERSATION = [
    "message_created",
    "message_updated",
    "conversation_typing_on",
    "conversation_typing_off",
]
NAMES = ["id", "display_id", "account", "account_id", "conversation", "contact", "inbox"]


def identify(event: Any, source: Source = SOURCE, **body: Any) -> Identity:
    return VENDOR.identify(
        json.dumps({**body, "event": event}).encode(), "application/json", source
    )


def refusal(event: Any, source: Source = SOURCE, **body: Any) -> tuple[str, str]:
    with pytest.raises(Undecodable) as undecodable:
        identify(event, source, **body)
    return undecodable.value.reason, undecodable.value.path


@pytest.mark.parametrize("event", CONVERSATIONS)
def test_a_conversations_body_is_the_conversation(event: str) -> None:
    assert identify(event, id=12) == Identity(type=event, kind="conversation", id="9-12")
    assert identify(event, display_id="12").id == "9-12"
    assert refusal(event, conversation={"id": 12}) == ("no_key", "$.id")


@pytest.mark.parametrize("event", INSIDE_A_CONVERSATION)
def test_a_message_is_about_the_conversation_around_it(event: str) -> None:
    identity = identify(event, id=500, conversation={"id": 12, "messages": [{"id": 501}]})
    assert identity == Identity(type=event, kind="conversation", id="9-12")
    assert identify(event, id=500, conversation={"display_id": "12"}).id == "9-12"
    for none in ({}, [], None, 12, {"id": ""}, {"id": True}, {"id": 1.5}, {"id": "x" * 255}):
        assert refusal(event, id=500, conversation=none) == ("no_key", "$.conversation.id")


def test_contacts_and_inboxes() -> None:
    assert identify("contact_created", id=7).id == "9-7"
    assert identify("contact_updated", id=7).kind == "contact"
    widget = identify("webwidget_triggered", id=80, contact={"id": 7})
    assert (widget.kind, widget.id) == ("contact", "9-7")
    assert refusal("webwidget_triggered", id=80) == ("no_key", "$.contact.id")
    inbox = identify("inbox_updated", id=3)
    assert (inbox.kind, inbox.id) == ("inbox", "9-3")


def test_an_inbox_without_an_id_is_known_by_its_working_hours() -> None:
    hours = [{"inbox_id": 3, "account_id": 4}, {"inbox_id": 5}]
    assert identify("inbox_created", working_hours=hours).id == "4-3"
    assert refusal("inbox_created", working_hours=[], channel={"id": 8}) == ("no_key", "$.id")


@pytest.mark.parametrize(
    ("body", "account"),
    [
        ({"account": {"id": 4}, "messages": [{"account_id": 5}], "account_id": 6}, "4"),
        ({"account": {"id": "4"}}, "4"),
        ({"messages": [{"account_id": 5}], "account_id": 6}, "5"),
        ({"account_id": 6}, "6"),
        ({"account": None, "messages": None}, "9"),
        ({"account": {}, "messages": []}, "9"),
        ({"account": [], "messages": [None]}, "9"),
        ({"account": {"id": None}, "messages": [[]]}, "9"),
        ({"account": {"id": ""}, "messages": {"0": {}}}, "9"),
        ({"account": {"id": True}, "messages": "none"}, "9"),
    ],
)
def test_a_conversations_account_is_in_the_body_or_the_configured_one(
    body: dict[str, Any], account: str
) -> None:
    assert identify("conversation_updated", id=12, **body).id == f"{account}-12"


@pytest.mark.parametrize(
    ("body", "inside", "account"),
    [
        ({"account": {"id": 4}}, {"account": {"id": 5}}, "4"),
        ({}, {"account": {"id": 5}, "messages": [{"account_id": 6}]}, "5"),
        ({}, {"account_id": 7, "messages": [{"account_id": 6}]}, "7"),
        ({}, {"messages": [{"account_id": 6}]}, "6"),
        ({}, {"account": []}, "9"),
    ],
)
def test_a_messages_account_may_be_its_conversations(
    body: dict[str, Any], inside: dict[str, Any], account: str
) -> None:
    identity = identify("message_created", id=500, conversation={"id": 12, **inside}, **body)
    assert identity.id == f"{account}-12"


def test_without_any_account_there_is_no_key() -> None:
    nameless = Source(name="support", vendor="voxsig")
    assert refusal("conversation_updated", nameless, id=12) == ("no_key", "$.account")


@pytest.mark.parametrize(
    "event",
    [
        None,
        7,
        "",
        "message_deleted",
        "automation_event.",
        "automation_event.two words",
        "automation_event." + "x" * 999,
    ],
)
def test_an_event_that_is_not_listed_is_unknown(event: Any) -> None:
    assert refusal(event, id=12)[0] == "unknown_event"


def test_a_relays_second_copy_changes_nothing() -> None:
    body = {"id": 12, "account": {"id": 4}}
    copy = {**body, "event": "conversation_created", "id": 13}
    identity = identify("conversation_created", controller="hooks", action="in", hook=copy, **body)
    assert identity.id == "4-12"


@pytest.mark.parametrize("body", ODD_BODIES)
def test_odd_bodies_are_identified_or_say_why_not(body: bytes) -> None:
    identify_or_say_why(VENDOR, body, SOURCE)


@given(
    bodies([*CONVERSATIONS, *INSIDE_A_CONVERSATION, "inbox_created"], [*NAMES, "messages"]),
)
def test_any_body_is_identified_or_says_why_not(body: bytes) -> None:
    identify_or_say_why(VENDOR, body, SOURCE)
