"""A Convocore webhook is genuine by the secret in its payload."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.vendors.contract import Admitted, Refused, Request, Source
from app.core.vendors.convocore import VENDOR
from app.core.webhook import event_id
from tests.unit.vendors.any_bytes import bodies

SECRET = b"workspace-secret-1"
TEXT = SECRET.decode()
SOURCE = Source(name="leads", vendor="convocore", secrets=(SECRET,))
ROTATING = Source(name="leads", vendor="convocore", secrets=(b"workspace-secret-2", SECRET))


def webhook(secret: Any = TEXT, **payload: Any) -> bytes:
    said = {"agentId": "agent_1", "createdAt": 1_718_035_200_000, **payload}
    if secret is not None:
        said["workspaceSecret"] = secret
    return json.dumps({"type": "agent_created", "payload": said}).encode()


def admit(body: bytes, source: Source = SOURCE) -> Admitted:
    request = Request(method="POST", headers={}, query=b"", body=body)
    return VENDOR.admit(request, source, 0.0, 300.0)


def test_the_right_secret_is_admitted_and_masked() -> None:
    admitted = admit(webhook())
    assert json.loads(admitted.body) == json.loads(webhook(secret="***"))
    assert (admitted.content_type, admitted.delivery) == ("application/json", None)


@pytest.mark.parametrize(
    ("secret", "reason"),
    [("another secret", "bad_secret"), ("", "bad_secret"), (None, "no_secret"), (7, "bad_secret")],
)
def test_a_wrong_or_missing_secret_is_refused(secret: Any, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        admit(webhook(secret))
    assert refused.value.reason == reason
    assert TEXT not in str(refused.value)


def test_json_is_judged_by_its_field_alone() -> None:
    forged = webhook("guessed", agentName=TEXT)
    with pytest.raises(Refused):
        admit(forged)


@pytest.mark.parametrize("body", [b"[]", b'{"type": "agent_created"}', b'{"payload": []}', b'"x"'])
def test_json_of_another_shape_has_no_secret(body: bytes) -> None:
    with pytest.raises(Refused) as refused:
        admit(body)
    assert refused.value.reason == "no_secret"


def test_what_is_not_json_is_genuine_by_the_secrets_bytes() -> None:
    assert admit(b'{"payload": workspace-secret-1}').body == b'{"payload": ***}'
    with pytest.raises(Refused):
        admit(b'{"payload": workspace-secret-0}')


def test_rotating_the_secret_changes_no_event_id() -> None:
    old = admit(webhook(), ROTATING).body
    new = admit(webhook("workspace-secret-2"), ROTATING).body
    escaped = admit(webhook().replace(b"secret-1", b"secret\\u002d1"), ROTATING).body
    assert event_id("leads", old) == event_id("leads", new) == event_id("leads", escaped)


@given(bodies(["agent_created"], ["type", "payload", "workspaceSecret"]))
def test_no_body_without_the_secret_is_admitted(body: bytes) -> None:
    with pytest.raises(Refused):
        admit(body)


@given(st.binary(max_size=50), st.binary(max_size=50))
def test_no_secret_outlives_admission(before: bytes, after: bytes) -> None:
    try:
        admitted = admit(before + SECRET + after)
    except Refused:
        return
    assert SECRET not in admitted.body
