"""Is a Convocore webhook genuine? Its payload carries the workspace's secret."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from app.core.vendors.body_secret import SecretFields, admit_body
from app.core.vendors.contract import Admitted, Request, Source

_NOT_THERE = msgspec.Raw()


class _Payload(msgspec.Struct, gc=False):
    workspaceSecret: msgspec.Raw = _NOT_THERE


class _Body(msgspec.Struct, gc=False):
    payload: _Payload = msgspec.field(default_factory=_Payload)


_decode = msgspec.json.Decoder(_Body).decode


def _read(body: bytes) -> Sequence[bytes]:
    token = bytes(_decode(body).payload.workspaceSecret)
    return (token,) if token else ()


_SECRET = SecretFields(paths=(("payload", "workspaceSecret"),), read=_read)


def admit(request: Request, source: Source, now: float, window: float) -> Admitted:
    """Vendor page: "Validate the workspace secret on every incoming webhook". No time is signed."""
    return Admitted(body=admit_body(request.body, source, _SECRET))
