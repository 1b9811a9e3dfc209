"""Who is let in as Voiso, and what is stored of it."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.vendors.contract import Admitted, Refused, Request, Source
from app.core.vendors.voiso import VENDOR
from app.core.webhook import FORM, JSON, event_id
from tests.unit.vendors.any_bytes import bodies

SECRET = "q7Lm2xT9vKc4Rb8s"
OLD = "0old0old0old"
SOURCE = Source(name="cc", vendor="voiso", secrets=(SECRET.encode(), OLD.encode()))
OPEN = Source(name="cc", vendor="voiso", verify=False)
NAMES = [event.name for event in VENDOR.events]
FIELDS = ["data", "payload", "secret", "key", "object", "entity", "id", "uuid", "webhook_failure"]


def post(body: bytes, source: Source = SOURCE) -> Admitted:
    return VENDOR.admit(Request(method="POST", headers={}, query=b"", body=body), source, 0.0, 300)


def get(query: str | bytes, source: Source = SOURCE) -> Admitted:
    query = query.encode() if isinstance(query, str) else query
    return VENDOR.admit(Request(method="GET", headers={}, query=query, body=b""), source, 0.0, 300)


def refusal(ask: Any, *args: Any) -> str:
    with pytest.raises(Refused) as refused:
        ask(*args)
    assert SECRET not in str(refused.value)
    return refused.value.reason


@pytest.mark.parametrize("field", ["secret", "key"])
def test_the_secret_is_a_field_of_either_envelope(field: str) -> None:
    body = b'{ "%b" : "%b", "a": [1,  2] }'
    name = field.encode()
    for secret in (SECRET, OLD):
        admitted = post(body % (name, secret.encode()))
        assert admitted == Admitted(
            body=b'{ "%b" : "***", "a": [1,  2] }' % name, content_type=JSON
        )


def test_a_secret_may_be_spelled_with_escapes() -> None:
    spelled = "".join(f"\\u{ord(letter):04x}" for letter in SECRET)
    assert post(b'{"secret":"%b"}' % spelled.encode()).body == b'{"secret":"***"}'


@pytest.mark.parametrize(
    "secret", ['pa"ss\\wo/rd', "schlüssel-😀", "tab\there-it-is", "  spaces  "]
)
def test_a_secret_may_hold_what_json_escapes(secret: str) -> None:
    source = Source(name="cc", vendor="voiso", secrets=(secret.encode(),))
    for ascii_only in (True, False):
        written = json.dumps({"secret": secret, "text": f"<{secret}>"}, ensure_ascii=ascii_only)
        for body in (written, written.replace("/", "\\/")):
            masked = post(body.encode(), source).body
            assert json.loads(masked)["secret"] == "***"
            assert secret.encode() not in masked
            assert secret not in json.loads(masked)["text"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{}", "no_secret"),
        (b"[]", "no_secret"),
        (b'"%b"', "no_secret"),
        (b'{"data": {"secret": "%b"}}', "no_secret"),
        (b'{"text": "%b"}', "no_secret"),
        (b'[{"secret": "%b"}]', "no_secret"),
        (b'{"secret": "wrong", "text": "%b"}', "bad_secret"),
        (b'{"secret": null}', "bad_secret"),
        (b'{"secret": ["%b"]}', "bad_secret"),
        (b'{"secret": "%b "}', "bad_secret"),
        (b'{"secret": ""}', "bad_secret"),
        (b'{"secret": "\\ud83d"}', "no_secret"),
        (b'{"secret": "\xff"}', "bad_secret"),
        (b"not json", "no_secret"),
        (b"", "no_secret"),
        (b'{"uuid": "1", "start_time": 1}', "no_secret"),
    ],
)
def test_json_is_judged_by_its_field_alone(body: bytes, reason: str) -> None:
    assert refusal(post, body.replace(b"%b", SECRET.encode())) == reason


@pytest.mark.parametrize(
    "body",
    [
        b'{"event": "message.sent", \xe2\x80\x9csecret\xe2\x80\x9d: "%b"',
        b'{"secret": "%b" "data": {}}',
        b'{"text": "%b \xff"}',
        b"[" * 100_000 + b"%b",
    ],
)
def test_what_is_not_json_is_genuine_by_the_secrets_bytes(body: bytes) -> None:
    assert post(body.replace(b"%b", SECRET.encode())).body == body.replace(b"%b", b"***")


def test_without_verification_all_is_admitted_and_the_field_masked_all_the_same() -> None:
    assert post(b'{"uuid": "1"}', OPEN).body == b'{"uuid": "1"}'
    assert post(b'{"secret": "data", "data": {}}', OPEN).body == b'{"secret": "***", "data": {}}'
    assert post(b'{"key": 5, "id": 5}', OPEN).body == b'{"key": "***", "id": 5}'
    assert post(b"nonsense", OPEN).body == b"nonsense"
    assert get("secret=abc&id=abc", OPEN).body == b"secret=***&id=abc"


def test_rotating_the_secret_changes_no_event_id() -> None:
    ids = {
        event_id("cc", post(json.dumps({"secret": secret, "a": 1}).encode()).body)
        for secret in (SECRET, OLD)
    }
    assert len(ids) == 1


def test_a_call_notify_by_get_is_stored_as_a_form() -> None:
    admitted = get(f"event=inbound.call.answered&secret={SECRET}&id=1")
    assert admitted == Admitted(
        body=b"event=inbound.call.answered&secret=***&id=1", content_type=FORM
    )


def test_a_querys_secret_is_masked_however_it_is_encoded() -> None:
    secret = 'a b+c/d"é&='
    source = Source(name="cc", vendor="voiso", secrets=(secret.encode(),))
    every = "".join(f"%{byte:02x}" for byte in secret.encode())
    for spelled in (quote(secret), quote_plus(secret), every):
        query = f"a=1&s%65cret={spelled}&b=x{spelled}x&{spelled}=2&c"
        assert get(query, source).body == b"a=1&s%65cret=***&b=***&***=2&c"
    assert get(f"key={every}", source).body == b"key=***"


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("", "no_secret"),
        (f"text={SECRET}", "no_secret"),
        ("secret=", "bad_secret"),
        ("secret", "bad_secret"),
        ("secret=wrong", "bad_secret"),
        (f"Secret={SECRET}", "no_secret"),
    ],
)
def test_a_query_is_judged_by_its_parameter_alone(query: str, reason: str) -> None:
    assert refusal(get, query) == reason


def test_other_methods_are_refused() -> None:
    request = Request(method="PUT", headers={}, query=b"", body=b'{"secret":"%b"}')
    assert refusal(VENDOR.admit, request, SOURCE, 0.0, 300) == "method"


@given(bodies(NAMES, FIELDS))
def test_no_forgery_gets_in(body: bytes) -> None:
    assert refusal(post, body) in ("no_secret", "bad_secret")


@given(bodies(NAMES, FIELDS), st.sampled_from(["secret", "key"]))
def test_what_is_stored_is_json_where_the_body_was_and_holds_no_secret(
    body: bytes, field: str
) -> None:
    try:
        tree = json.loads(body)
    except (ValueError, RecursionError):
        tree = None
    if isinstance(tree, dict):
        stored = post(json.dumps({**tree, field: SECRET, "note": SECRET}).encode()).body
        assert json.loads(stored)[field] == "***"
        assert json.loads(stored)["note"] == "***"
    else:
        stored = post(body + SECRET.encode() + b"{").body
    assert SECRET.encode() not in stored
    assert post(body, OPEN).content_type == JSON


@given(st.binary(), st.binary())
def test_a_query_of_any_bytes(before: bytes, after: bytes) -> None:
    query = before + b"&secret=" + quote(SECRET).encode() + b"&" + after
    assert SECRET.encode() not in get(query).body
    assert refusal(get, query.replace(SECRET.encode(), b"wrong")) == "bad_secret"
