"""Sign webhooks as the vendors do: a header over the body, or a secret in the body."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from urllib.parse import quote_plus
from uuid import UUID

import msgspec

from app.core.vendors.contract import Source
from app.core.webhook import FORM, MASK
from app.simulate.webhook import Webhook


class Signed(msgspec.Struct, frozen=True, kw_only=True):
    """What goes over the wire."""

    method: str
    query: bytes
    headers: tuple[tuple[str, str], ...]
    body: bytes


def sign(webhook: Webhook, source: Source, now: float) -> Signed:
    """`now` is seconds since the epoch: the time of signing, where a vendor signs one."""
    return _SIGNERS[source.vendor](webhook, source, now)


def _varda(webhook: Webhook, source: Source, now: float) -> Signed:
    t = str(int(now))
    headers = (
        ("x-varda-event", webhook.type or ""),
        ("x-varda-delivery", f"dlv_{webhook.id[:24]}"),
        ("x-varda-signature", f"t={t},v1={_hmac(source, t, webhook.stored)}"),
    )
    return _post(webhook.stored, headers)


def _voxsig(webhook: Webhook, source: Source, now: float) -> Signed:
    """An older installation, whose source does not verify, signs nothing."""
    headers = [("x-chatwoot-delivery", str(UUID(webhook.id)))]
    if source.secrets:
        t = str(int(now))
        headers.append(("x-chatwoot-timestamp", t))
        headers.append(("x-chatwoot-signature", f"sha256={_hmac(source, t, webhook.stored)}"))
    return _post(webhook.stored, tuple(headers))


def _in_body(webhook: Webhook, source: Source, now: float) -> Signed:
    """Now and then a JSON body spells its secret with an escape."""
    if webhook.content_type == FORM:
        secret = quote_plus(source.secrets[0]).encode() if source.secrets else MASK
        query = webhook.stored.replace(MASK, secret, 1)
        return Signed(method="GET", query=query, headers=(), body=b"")
    if not source.secrets:
        return _post(webhook.stored, ())
    secret = source.secrets[0].decode()
    spelled = msgspec.json.encode(secret)
    if webhook.id.startswith("0") and webhook.dead is None:
        spelled = b'"\\u%04x' % ord(secret[0]) + msgspec.json.encode(secret[1:])[1:]
    return _post(webhook.stored.replace(b'"***"', spelled, 1), ())


def _post(body: bytes, headers: tuple[tuple[str, str], ...]) -> Signed:
    return Signed(
        method="POST",
        query=b"",
        headers=(("content-type", "application/json"), *headers),
        body=body,
    )


def _hmac(source: Source, t: str, body: bytes) -> str:
    return hmac.digest(source.secrets[0], t.encode() + b"." + body, "sha256").hex()


_SIGNERS: dict[str, Callable[[Webhook, Source, float], Signed]] = {
    "varda": _varda,
    "voxsig": _voxsig,
    "voiso": _in_body,
    "convocore": _in_body,
}
