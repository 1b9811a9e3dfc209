"""Is a Voxsig webhook genuine? `X-Chatwoot-Signature` signs its time and body."""

from __future__ import annotations

from app.core import cut
from app.core.vendors.contract import Admitted, Refused, Request, Source
from app.core.vendors.masking import mask_secrets
from app.core.vendors.signature import Signed, verify_signature

_SCHEME = "sha256="


def admit(request: Request, source: Source, now: float, window: float) -> Admitted:
    """Older installations sign nothing: their source says so, and then nothing is asked for."""
    if source.verify:
        _verify(request, source, now, window)
    body = mask_secrets(request.body, source.secrets)
    return Admitted(body=body, delivery=cut.word(request.headers.get("x-chatwoot-delivery")))


def _verify(request: Request, source: Source, now: float, window: float) -> None:
    timestamp = request.headers.get("x-chatwoot-timestamp")
    signature = request.headers.get("x-chatwoot-signature")
    if not timestamp or not signature:
        raise Refused(
            "no_signature", "X-Chatwoot-Signature or X-Chatwoot-Timestamp is missing or empty"
        )
    if not signature.startswith(_SCHEME):
        raise Refused("bad_signature", f"X-Chatwoot-Signature does not begin with {_SCHEME}")
    claim = Signed(timestamp, (signature.removeprefix(_SCHEME),))
    verify_signature(request.body, claim, source.secrets, now, window)
