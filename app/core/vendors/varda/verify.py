"""Is a Varda webhook genuine? A header signs its time and body."""

from __future__ import annotations

from app.core.vendors.contract import Admitted, Refused, Request, Source
from app.core.vendors.masking import mask_secrets
from app.core.vendors.signature import Signed, verify_signature

_SIGNATURE = "x-varda-signature"
_DELIVERY = "x-varda-delivery"
_LONGEST_DELIVERY = 256


def admit(request: Request, source: Source, now: float, window: float) -> Admitted:
    """`X-Varda-Signature: t=<unix s>,v1=<hex HMAC-SHA256(secret, "{t}.{raw body}")>`."""
    if request.method != "POST":
        raise Refused("method", "Varda delivers by POST")
    if source.verify:
        claim = read_signature(request.headers.get(_SIGNATURE))
        verify_signature(request.body, claim, source.secrets, now, window)
    return Admitted(
        body=mask_secrets(request.body, source.secrets),
        delivery=request.headers.get(_DELIVERY, "").strip()[:_LONGEST_DELIVERY] or None,
    )


def read_signature(header: str | None) -> Signed:
    """The parts of the header: one `t`, one `v1` or, while a secret is rotated, several. Parts of
    other names are passed over. Raises Refused (no_signature, bad_signature).
    """
    if not header:
        raise Refused("no_signature", "there is no X-Varda-Signature header")
    timestamp = ""
    signatures: list[str] = []
    for part in header.split(","):
        name, _, value = part.partition("=")
        match name.strip():
            case "t":
                timestamp = timestamp or value.strip()
            case "v1":
                signatures.append(value.strip())
            case _:
                pass
    if not (timestamp and signatures):
        raise Refused("bad_signature", "X-Varda-Signature is not of the form t=<unix s>,v1=<hex>")
    return Signed(timestamp, signatures)
