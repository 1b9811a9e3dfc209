"""HMAC signatures in headers, as Varda and Voxsig send them."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from app.core.vendors.contract import Refused


class Signed(NamedTuple):
    """What a header claims: unix seconds as it spells them, and signatures in hex."""

    timestamp: str
    signatures: Sequence[str]


def verify_signature(
    body: bytes, claim: Signed, secrets: Iterable[bytes], now: float, window: float
) -> None:
    """One of the claim's signatures must be HMAC-SHA256(one of `secrets`, "{timestamp}.{body}"),
    its time at most `window` seconds from `now` (seconds since the epoch).

    Raises Refused (bad_signature, expired). Every secret meets every signature, so the time taken
    says nothing of which one was right.
    """
    timestamp = claim.timestamp
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 15):
        raise Refused("bad_signature", "the signature's time is not a number of unix seconds")
    if abs(now - int(timestamp)) > window:
        raise Refused("expired", f"the signature's time is more than {window:g} s from now")
    signed = b"%b.%b" % (timestamp.encode(), body)
    given = [signature.strip().lower().encode("utf-8", "replace") for signature in claim.signatures]
    genuine = False
    for secret in secrets:
        mac = _keyed(secret).copy()
        mac.update(signed)
        expected = mac.hexdigest().encode()
        for signature in given:
            genuine |= hmac.compare_digest(expected, signature)
    if not genuine:
        raise Refused("bad_signature", "the signature does not match the body")


@lru_cache(maxsize=256)
def _keyed(secret: bytes) -> hmac.HMAC:
    """Before the message: a copy goes on from there, which saves a third of the work."""
    return hmac.new(secret, digestmod="sha256")
