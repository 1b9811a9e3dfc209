"""Is a Voiso webhook genuine? Its secret is a field of the body, or a query parameter."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec import UNSET, UnsetType

from app.core.vendors.body_secret import SecretFields, admit_body
from app.core.vendors.contract import Admitted, Refused, Request, Source
from app.core.vendors.voiso.query import admit_query
from app.core.webhook import FORM


class _Envelope(msgspec.Struct):
    secret: msgspec.Raw | UnsetType = UNSET
    key: msgspec.Raw | UnsetType = UNSET  # of the 2024 envelope


_decode = msgspec.json.Decoder(_Envelope).decode


def _read(body: bytes) -> Sequence[bytes]:
    envelope = _decode(body)
    return [bytes(token) for token in (envelope.secret, envelope.key) if token is not UNSET]


_SECRET = SecretFields(paths=(("secret",), ("key",)), read=_read)


def admit(request: Request, source: Source, now: float, window: float) -> Admitted:
    """Call Notify comes as a POST or, where so configured, as a GET. No time is signed."""
    if request.method == "POST":
        return Admitted(body=admit_body(request.body, source, _SECRET))
    if request.method == "GET":
        return Admitted(body=admit_query(request.query, source), content_type=FORM)
    raise Refused("method", "Voiso delivers by POST, and Call Notify by GET")
