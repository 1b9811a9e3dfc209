"""Secrets that travel in the body, as Voiso and Convocore send them."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from app.core.vendors.contract import Refused, Source
from app.core.vendors.masking import Path, contains_secret, is_json_text, mask_fields, mask_secrets


@dataclass(frozen=True, slots=True)
class SecretFields:
    """Where a vendor's JSON bodies carry their secret.

    `read` gives the JSON text of the fields at `paths` that are there; it may raise what msgspec
    raises for a body that is not JSON or has another shape.
    """

    paths: tuple[Path, ...]
    read: Callable[[bytes], Sequence[bytes]]


def admit_body(body: bytes, source: Source, fields: SecretFields) -> bytes:
    """The body with its secrets masked, or Refused (no_secret, bad_secret).

    JSON is judged by its fields alone. What is not JSON is genuine if a configured secret's bytes
    are in it: it will become a dead letter rather than be lost.
    """
    tokens = _tokens(body, fields)
    if source.verify and not is_one_of([_text(token) for token in tokens], source.secrets):
        _refuse_unless_broken(body, tokens, source.secrets)
    return mask_secrets(mask_fields(body, fields.paths, tokens), source.secrets)


def _tokens(body: bytes, fields: SecretFields) -> Sequence[bytes]:
    try:
        return fields.read(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ()


def _refuse_unless_broken(body: bytes, tokens: Sequence[bytes], secrets: tuple[bytes, ...]) -> None:
    if contains_secret(body, secrets) and not is_json_text(body):
        return
    if tokens:
        raise Refused("bad_secret", "the secret in the body is not the source's")
    raise Refused("no_secret", "the body has no secret where the vendor puts it")


def is_one_of(given: Sequence[bytes], secrets: tuple[bytes, ...]) -> bool:
    """Whether any of the given values is a configured secret, in constant time."""
    genuine = False
    for value in given:
        for secret in secrets:
            genuine |= hmac.compare_digest(value, secret)
    return genuine


def _text(token: bytes) -> bytes:
    """A JSON string's text, escapes undone; of any other value its JSON as it stands."""
    if b"\\" not in token:
        return token[1:-1] if token.startswith(b'"') else token
    try:
        return msgspec.json.decode(token, type=str).encode()
    except (msgspec.DecodeError, UnicodeDecodeError):
        return b""
