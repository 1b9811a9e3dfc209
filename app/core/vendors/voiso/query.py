"""Call Notify as a GET: the envelope's and the call's fields as query parameters."""

from __future__ import annotations

from urllib.parse import parse_qsl, unquote_to_bytes

from app.core.undecodable import Undecodable
from app.core.vendors.body_secret import is_one_of
from app.core.vendors.contract import Refused, Source, Tree
from app.core.vendors.masking import contains_secret, mask_secrets
from app.core.webhook import MASK

_SECRET_NAMES = (b"secret", b"key")


def parse_query(query: bytes) -> Tree:
    """The parameters as a flat object of texts; of several with one name the first counts.

    Raises Undecodable (not_json) where the text is not UTF-8.
    """
    try:
        pairs = parse_qsl(query.decode(), keep_blank_values=True, errors="strict")
    except ValueError:
        raise Undecodable("not_json", "the query is not UTF-8") from None
    return dict(reversed(pairs))


def admit_query(query: bytes, source: Source) -> bytes:
    """The query with its secrets masked, or Refused (no_secret, bad_secret)."""
    parts = query.split(b"&")
    if source.verify:
        given = [_decoded(value) for name, _, value in _pairs(parts) if _is_secret(name)]
        if not given:
            raise Refused("no_secret", "the query has neither secret nor key")
        if not is_one_of(given, source.secrets):
            raise Refused("bad_secret", "the secret in the query is not the source's")
    masked = b"&".join(_masked(part, source.secrets) for part in parts)
    return mask_secrets(masked, source.secrets)


def _pairs(parts: list[bytes]) -> list[tuple[bytes, bytes, bytes]]:
    return [part.partition(b"=") for part in parts]


def _decoded(text: bytes) -> bytes:
    return unquote_to_bytes(text.replace(b"+", b" "))


def _is_secret(name: bytes) -> bool:
    return _decoded(name) in _SECRET_NAMES


def _masked(part: bytes, secrets: tuple[bytes, ...]) -> bytes:
    """One parameter. A secret that is percent-encoded cannot be cut out of its value: the whole
    value is masked then.
    """
    name, equals, value = part.partition(b"=")
    if _is_secret(name):
        return name + b"=" + MASK
    value = mask_secrets(value, secrets)
    if contains_secret(_decoded(value), secrets):
        value = MASK
    if contains_secret(_decoded(name), secrets):
        name = MASK
    return name + equals + value
