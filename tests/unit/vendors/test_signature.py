"""HMAC signatures with a time."""

from __future__ import annotations

import hmac

import pytest

from app.core.vendors.contract import Refused
from app.core.vendors.signature import Signed, verify_signature

NOW = 1_780_000_000.5
BODY = b'{"event": "call.ended"}'
OLD, NEW = b"old-secret-0001", b"new-secret-0002"


def signature(secret: bytes, timestamp: str = "1780000000", body: bytes = BODY) -> str:
    return hmac.new(secret, timestamp.encode() + b"." + body, "sha256").hexdigest()


def verify(timestamp: str, *signatures: str) -> None:
    verify_signature(BODY, Signed(timestamp, signatures), (NEW, OLD), NOW, 300)


def refusal(timestamp: str, *signatures: str) -> str:
    with pytest.raises(Refused) as refused:
        verify(timestamp, *signatures)
    return refused.value.reason


def test_any_configured_secret_signs() -> None:
    verify("1780000000", signature(NEW))
    verify("1780000000", signature(OLD))


def test_one_right_signature_of_several_is_enough() -> None:
    verify("1780000000", "", "00" * 32, signature(OLD))


def test_hexadecimal_may_be_upper_case() -> None:
    verify("1780000000", signature(NEW).upper())


@pytest.mark.parametrize("shift", [-299, 299])
def test_a_time_within_the_window(shift: int) -> None:
    timestamp = str(1_780_000_000 + shift)
    verify(timestamp, signature(NEW, timestamp))


@pytest.mark.parametrize("shift", [-300, 301])
def test_a_time_outside_the_window_however_well_signed(shift: int) -> None:
    timestamp = str(1_780_000_000 + shift)
    assert refusal(timestamp, signature(NEW, timestamp)) == "expired"


def test_a_forgery() -> None:
    assert refusal("1780000000") == "bad_signature"
    assert refusal("1780000000", signature(b"another secret")) == "bad_signature"
    assert refusal("1780000000", signature(NEW, body=BODY + b" ")) == "bad_signature"
    assert refusal("1780000001", signature(NEW, "1780000000")) == "bad_signature"
    assert refusal("1780000000", signature(NEW)[:-1]) == "bad_signature"
    assert refusal("1780000000", "é" + signature(NEW)) == "bad_signature"


@pytest.mark.parametrize(
    "timestamp", ["", "now", "-1", "1e9", "1780000000.0", "١٧٨٠٠٠٠٠٠٠", "9" * 5_000, " 1780000000"]
)
def test_a_time_that_is_none(timestamp: str) -> None:
    assert refusal(timestamp, signature(NEW)) == "bad_signature"


def test_no_secret_verifies_nothing() -> None:
    with pytest.raises(Refused):
        verify_signature(BODY, Signed("1780000000", [signature(b"")]), (), NOW, 300)
