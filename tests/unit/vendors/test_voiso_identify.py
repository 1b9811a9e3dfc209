"""What a Voiso body is about."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.undecodable import Undecodable
from app.core.vendors.contract import Identity, Source
from app.core.vendors.keys import LONGEST
from app.core.vendors.voiso import VENDOR
from app.core.webhook import FORM, JSON
from tests.unit.vendors.any_bytes import bodies, identify_or_say_why

SOURCE = Source(name="cc", vendor="voiso")
NAMES = [event.name for event in VENDOR.events]
FIELDS = ["data", "payload", "object", "entity", "id", "conversation_id", "uuid", "webhook_failure"]
CALLS = [name for name in NAMES if ".call." in name or name == "call.ended"]


def identify(body: bytes | dict[str, Any], content_type: str = JSON) -> Identity:
    written = body if isinstance(body, bytes) else json.dumps(body).encode()
    return VENDOR.identify(written, content_type, SOURCE)


def refusal(body: bytes | dict[str, Any], content_type: str = JSON) -> tuple[str, str]:
    with pytest.raises(Undecodable) as undecodable:
        identify(body, content_type)
    return undecodable.value.reason, undecodable.value.path


@pytest.mark.parametrize(
    ("events", "kind", "field"),
    [
        (["message.received", "message.sent"], "conversation", "conversation_id"),
        (["conversation.ended"], "conversation", "id"),
        (CALLS, "call", "id"),
    ],
)
def test_each_event_is_about_the_thing_whose_id_it_carries(
    events: list[str], kind: str, field: str
) -> None:
    assert events
    ids = {"id": "another", "conversation_id": "another"}
    for event in events:
        expected = Identity(type=event, kind=kind, id="zz-1")
        for envelope in (
            {"event": event, "data": {**ids, field: "zz-1"}},
            {"event": event, "entity": "call", "payload": {**ids, field: "zz-1"}},
            {"event": event, "object": 5, "data": {**ids, field: "zz-1"}},
        ):
            assert identify(envelope) == expected
        for wrong in (None, "", "null", True, 1.5, [], {}, "x" * 257):
            expected_refusal = ("no_key", f"$.data.{field}")
            assert refusal({"event": event, "data": {**ids, field: wrong}}) == expected_refusal
        assert identify({"event": event, "data": {**ids, field: 7}}).id == "7"
        assert refusal({"event": event, "data": []})[0] == "no_key"
        assert refusal({"event": event})[0] == "no_key"


def test_all_ways_a_call_can_go_are_known() -> None:
    assert len(CALLS) == 10
    for how in ("inbound", "outbound", "dialer"):
        for what in ("answered", "hangup", "ended"):
            assert f"{how}.call.{what}" in CALLS


def test_a_user_is_one_whatever_the_event_says() -> None:
    user = Identity(type="user", kind="agent", id="28982")
    for event in ("inbound.call.hangup", "user_created", None):
        assert identify({"event": event, "entity": "user", "payload": {"id": 28982}}) == user
        assert identify({"event": event, "object": "user", "data": {"id": "28982"}}) == user
    assert refusal({"entity": "user", "payload": {}}) == ("no_key", "$.data.id")


def test_bodies_without_an_envelope() -> None:
    assert identify({"uuid": "07-zz"}) == Identity(type="call.record", kind="call", id="07-zz")
    assert refusal({"uuid": None}) == ("no_key", "$.uuid")
    failure = Identity(type="webhook_failure", kind="test", id="aa")
    assert identify({"webhook_failure": {"id": "aa", "event": "call.ended"}}) == failure
    assert refusal({"webhook_failure": 5}) == ("no_key", "$.webhook_failure.id")


@pytest.mark.parametrize("event", [5, "", "null", "message.Received", "call", ["call.ended"]])
def test_an_event_that_is_not_in_the_list(event: Any) -> None:
    assert refusal({"event": event, "data": {"id": 1}})[0] == "unknown_event"
    assert refusal({"event": event, "uuid": "1"})[0] == "unknown_event"


@pytest.mark.parametrize(
    ("query", "id"),
    [
        (b"event=inbound.call.answered&id=c1", "c1"),
        (b"event=inbound.call.answered&id=c1&id=713&name=Ines", "c1"),
        (b"name=hook&event=inbound.call.answered&entity=call&key=***&id=c%2F1+2", "c/1 2"),
        ("event=inbound.call.answered&id=é".encode(), "é"),
    ],
)
def test_a_query_is_about_its_first_id(query: bytes, id: str) -> None:
    expected = Identity(type="inbound.call.answered", kind="call", id=id)
    assert identify(query, FORM) == expected


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        (b"", "unknown_event"),
        (b"id=1", "unknown_event"),
        (b"event=inbound.call.answered", "no_key"),
        (b"event=inbound.call.answered&id=", "no_key"),
        (b"event=inbound.call.answered&id=null", "no_key"),
        (b"event=%ff&id=1", "not_json"),
        (b"event=\xff", "not_json"),
    ],
)
def test_a_query_that_says_too_little(query: bytes, reason: str) -> None:
    assert refusal(query, FORM)[0] == reason


def test_a_retired_record_may_come_as_a_query() -> None:
    assert identify(b"uuid=u1&duration=3", FORM).type == "call.record"


@given(bodies(NAMES, FIELDS))
def test_any_bytes_are_identified_or_explained(body: bytes) -> None:
    identify_or_say_why(VENDOR, body, SOURCE)


@given(st.binary() | st.from_regex(rb"(event=(call.ended|user)|id=|object=user|&|%[0-9a-f]{2})*"))
def test_any_query_is_identified_or_explained(query: bytes) -> None:
    try:
        identity = VENDOR.identify(query, FORM, SOURCE)
    except Undecodable as error:
        assert error.reason in ("not_json", "unknown_event", "no_key")
    else:
        assert 0 < len(identity.id) <= LONGEST
