"""What a Convocore body is about."""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import Any

import pytest
from hypothesis import given

from app.core.undecodable import Undecodable
from app.core.vendors.contract import Identity, Source
from app.core.vendors.convocore import VENDOR
from app.core.webhook import event_id
from tests.unit.vendors.any_bytes import ODD_BODIES, bodies, identify_or_say_why

SOURCE = Source(name="leads", vendor="convocore", account_id="acme")
NAMES = [event.name for event in VENDOR.events]
IDS = ["convoId", "clientId", "agentId", "organisationId", "leadEmail", "leadPhone", "leadName"]


def identify(type: Any, **payload: Any) -> Identity:
    body = json.dumps({"type": type, "payload": payload}).encode()
    return VENDOR.identify(body, "application/json", SOURCE)


def refusal(type: Any, **payload: Any) -> tuple[str, str]:
    with pytest.raises(Undecodable) as undecodable:
        identify(type, **payload)
    return undecodable.value.reason, undecodable.value.path


def hashed(text: str) -> str:
    return "lead-" + blake2b(text.encode(), digest_size=8).hexdigest()


@pytest.mark.parametrize(
    ("types", "field", "kind"),
    [
        (
            ["message_received", "chat_delegated", "form_submitted", "bug_reported"],
            "convoId",
            "conversation",
        ),
        (["client_created", "client_updated", "client_deleted"], "clientId", "contact"),
        (["agent_created", "agent_updated", "agent_deleted"], "agentId", "agent"),
        (
            ["organisation_created", "organisation_updated", "organisation_deleted"],
            "organisationId",
            "organisation",
        ),
    ],
)
def test_each_event_is_about_the_thing_whose_id_it_carries(
    types: list[str], field: str, kind: str
) -> None:
    ids = dict.fromkeys(IDS, "another")
    for type in types:
        assert identify(type, **{**ids, field: "id_7"}) == Identity(type=type, kind=kind, id="id_7")
        assert identify(type, **{field: 7}).id == "7"
        for wrong in (None, "", True, 1.5, [], {}, "x" * 257):
            assert refusal(type, **{field: wrong}) == ("no_key", f"$.payload.{field}")


def test_a_test_is_about_its_source() -> None:
    assert identify("webhook_test") == Identity(type="webhook_test", kind="test", id="leads")


def test_a_lead_is_known_by_the_first_of_email_phone_and_name() -> None:
    jane = {"leadEmail": " Jane@Example.com ", "leadPhone": "+15550100", "leadName": "Jane"}
    assert identify("lead_captured", **jane).id == hashed("jane@example.com")
    assert identify("lead_captured", **jane | {"leadEmail": " "}).id == hashed("+15550100")
    by_name = jane | {"leadEmail": None, "leadPhone": None}
    assert identify("lead_captured", **by_name).id == hashed("jane")
    assert "jane" not in identify("lead_captured", **jane).id


def test_a_lead_without_any_of_them_is_its_own() -> None:
    body = b'{"type": "lead_captured", "payload": {"channel": "voice"}}'
    identity = VENDOR.identify(body, "application/json", SOURCE)
    assert identity.id == hashed(event_id("leads", body))


def test_a_leads_key_is_made_of_text_only() -> None:
    assert refusal("lead_captured", leadEmail=7) == ("no_key", "$.payload.leadEmail")


@pytest.mark.parametrize("type", [None, 7, ["agent_created"], "", "agent_renamed", "x" * 9_999])
def test_an_event_that_is_not_listed_is_unknown(type: Any) -> None:
    assert refusal(type, agentId="agent_1")[0] == "unknown_event"


@pytest.mark.parametrize(
    ("body", "reason"), [(b"{", "not_json"), (b"\xff", "not_json"), (b"[1]", "not_an_object")]
)
def test_a_body_that_is_no_json_object_says_so(body: bytes, reason: str) -> None:
    with pytest.raises(Undecodable) as undecodable:
        VENDOR.identify(body, "application/json", SOURCE)
    assert undecodable.value.reason == reason


@pytest.mark.parametrize("body", ODD_BODIES)
def test_odd_bodies_are_identified_or_say_why_not(body: bytes) -> None:
    identify_or_say_why(VENDOR, body, SOURCE)


@given(bodies(NAMES, ["payload", *IDS]))
def test_any_body_is_identified_or_says_why_not(body: bytes) -> None:
    identify_or_say_why(VENDOR, body, SOURCE)
