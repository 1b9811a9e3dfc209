"""A Voxsig webhook is genuine by the signature of its time and body."""

from __future__ import annotations

import hmac
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.vendors.contract import Admitted, Refused, Request, Source
from app.core.vendors.voxsig import VENDOR

NOW = 1_763_500_000
BODY = b'{"event": "message_created", "id": 1}'
OLD, NEW = b"signing-secret-old", b"signing-secret-new"
SOURCE = Source(name="support", vendor="voxsig", secrets=(NEW, OLD), account_id="1")
UNSIGNED = Source(name="support", vendor="voxsig", account_id="1", verify=False)


def signed(body: bytes = BODY, secret: bytes = NEW, at: int = NOW) -> dict[str, str]:
    digest = hmac.digest(secret, b"%d.%b" % (at, body), "sha256").hex()
    return {"x-chatwoot-timestamp": str(at), "x-chatwoot-signature": f"sha256={digest}"}


def admit(headers: dict[str, str], body: bytes = BODY, source: Source = SOURCE) -> Admitted:
    request = Request(method="POST", headers=headers, query=b"", body=body)
    return VENDOR.admit(request, source, float(NOW), 300.0)


def refusal(headers: dict[str, str], body: bytes = BODY) -> str:
    with pytest.raises(Refused) as refused:
        admit(headers, body)
    return refused.value.reason


@pytest.mark.parametrize("secret", [NEW, OLD])
def test_either_secret_signs_while_one_is_rotated(secret: bytes) -> None:
    assert admit(signed(secret=secret)) == Admitted(body=BODY)


def test_the_delivery_is_remembered() -> None:
    assert admit(signed() | {"x-chatwoot-delivery": "6a9f"}).delivery == "6a9f"
    assert len(admit(signed() | {"x-chatwoot-delivery": "x" * 9_999}).delivery or "") == 256


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"x-chatwoot-signature": ""}, "no_signature"),
        ({"x-chatwoot-timestamp": ""}, "no_signature"),
        ({"x-chatwoot-signature": "sha256="}, "bad_signature"),
        ({"x-chatwoot-signature": "sha256=" + "0" * 64}, "bad_signature"),
        ({"x-chatwoot-signature": "0" * 64}, "bad_signature"),
        ({"x-chatwoot-signature": "sha256=ü"}, "bad_signature"),
        ({"x-chatwoot-timestamp": "soon"}, "bad_signature"),
        ({"x-chatwoot-timestamp": str(NOW + 1)}, "bad_signature"),
        ({"x-chatwoot-timestamp": str(NOW - 301)}, "expired"),
    ],
)
def test_another_signature_is_refused(change: dict[str, str], reason: str) -> None:
    assert refusal(signed() | change) == reason


def test_no_headers_no_entry() -> None:
    assert refusal({}) == "no_signature"


@pytest.mark.parametrize(("at", "taken"), [(-300, True), (300, True), (-301, False), (301, False)])
def test_a_signature_holds_for_five_minutes(at: int, taken: bool) -> None:
    headers = signed(at=NOW + at)
    if taken:
        assert admit(headers).body == BODY
    else:
        assert refusal(headers) == "expired"


def test_an_installation_that_signs_nothing_is_asked_for_nothing() -> None:
    assert admit({}, b"anything", UNSIGNED).body == b"anything"


def test_a_secret_that_strays_into_a_body_is_masked() -> None:
    body = b'{"content": "signing-secret-old"}'
    assert admit(signed(body), body).body == b'{"content": "***"}'


@given(st.binary(max_size=80), st.binary(min_size=1, max_size=20))
def test_a_signature_is_for_one_body(body: bytes, other: bytes) -> None:
    assert refusal(signed(body), body + other) == "bad_signature"


@given(st.dictionaries(st.sampled_from(sorted(signed())), st.text(max_size=80)), st.binary())
def test_no_other_headers_open_the_door(headers: dict[str, Any], body: bytes) -> None:
    assert refusal(headers, body) in ("no_signature", "bad_signature", "expired")
