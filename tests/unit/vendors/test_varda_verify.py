"""Who is let in as Varda."""

from __future__ import annotations

import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.vendors.contract import Admitted, Refused, Request, Source
from app.core.vendors.varda import VENDOR

SECRET = b"varda-secret-0001"
SOURCE = Source(name="calls", vendor="varda", secrets=(b"varda-secret-0002", SECRET))
NOW = 1_780_000_000.0
BODY = b'{"event": "call.ended", "data": {"id": 42}}'
SIGNATURE = hmac.new(SECRET, b"1780000000." + BODY, "sha256").hexdigest()


def admit(signature: str | None, body: bytes = BODY, source: Source = SOURCE) -> Admitted:
    headers = {"x-varda-event": "call.ended", "x-varda-delivery": "d-81"}
    if signature is not None:
        headers["x-varda-signature"] = signature
    request = Request(method="POST", headers=headers, query=b"", body=body)
    return VENDOR.admit(request, source, NOW, 300)


def refusal(signature: str | None, body: bytes = BODY) -> str:
    with pytest.raises(Refused) as refused:
        admit(signature, body)
    return refused.value.reason


@pytest.mark.parametrize(
    "header",
    [
        f"t=1780000000,v1={SIGNATURE}",
        f" t = 1780000000 , v1 = {SIGNATURE} ",
        f"v1={SIGNATURE},t=1780000000",
        f"t=1780000000,v1={'0' * 64},v1={SIGNATURE},v0=old",
    ],
)
def test_the_header_is_admitted_however_it_is_spaced(header: str) -> None:
    assert admit(header) == Admitted(body=BODY, delivery="d-81")


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (None, "no_signature"),
        ("", "no_signature"),
        (SIGNATURE, "bad_signature"),
        (f"v1={SIGNATURE}", "bad_signature"),
        ("t=1780000000", "bad_signature"),
        (f"t=1780000000,v0={SIGNATURE}", "bad_signature"),
        (f"t=1779999699,v1={SIGNATURE}", "expired"),
        (f"t=1780000001,v1={SIGNATURE}", "bad_signature"),
    ],
)
def test_what_is_not_signed_is_refused(header: str | None, reason: str) -> None:
    assert refusal(header) == reason


def test_a_changed_body_is_refused() -> None:
    assert refusal(f"t=1780000000,v1={SIGNATURE}", BODY.replace(b"42", b"43")) == "bad_signature"


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b"\xff", b'{"event": "no such event"}'])
def test_nothing_that_is_signed_is_refused_for_its_content(body: bytes) -> None:
    signature = hmac.new(SECRET, b"1780000000." + body, "sha256").hexdigest()
    assert admit(f"t=1780000000,v1={signature}", body).body == body


def test_varda_delivers_by_post_only() -> None:
    with pytest.raises(Refused) as refused:
        VENDOR.admit(Request(method="GET", headers={}, query=b"", body=b""), SOURCE, NOW, 300)
    assert refused.value.reason == "method"


def test_a_source_that_verifies_nothing_admits_what_is_unsigned() -> None:
    source = Source(name="calls", vendor="varda", verify=False)
    assert admit(None, source=source).body == BODY


@given(st.text() | st.from_regex(r"(t=\d*|v1=[0-9a-f]*|,| )*", fullmatch=True), st.binary())
def test_no_header_is_taken_for_a_signature(header: str, body: bytes) -> None:
    assert refusal(header, body) in ("no_signature", "bad_signature", "expired")
