"""Masking secrets in a body, so that none reaches a log and rotating one changes no event id.

A secret is masked in two places: the field that carries it, whatever that field's value is and
however it is spelled; and every other occurrence of a configured secret's bytes, as it stands or
as JSON writes it. Masked JSON stays JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

import msgspec

from app.core.webhook import MASK

Path = tuple[str, ...]

_MASKED_TOKEN = b'"%b"' % MASK
_LETTER_ESCAPES = (b"\\u006", b"\\u007")  # a field's name may be spelled so, if it must be
_TOKEN = re.compile(
    rb'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],:]|[^\s{}\[\],:"]+',
    re.DOTALL,
)


def mask_fields(body: bytes, paths: Sequence[Path], tokens: Iterable[bytes]) -> bytes:
    """Every value that lies at one of `paths` becomes `"***"`. `body` is a JSON object, `tokens`
    the JSON text of the values that a decoder found there.
    """
    tokens = list(tokens)
    if not tokens:
        return body
    if all(body.count(token) == 1 for token in tokens) and not _may_repeat(body, paths):
        for token in tokens:
            body = body.replace(token, _MASKED_TOKEN)
        return body
    return _mask_spans(body, _value_spans(body, set(paths)))


def _may_repeat(body: bytes, paths: Sequence[Path]) -> bool:
    """Whether a field may be there twice (decoders take the last) or under an escaped name."""
    return any(escape in body for escape in _LETTER_ESCAPES) or any(
        body.count(b'"%b"' % path[-1].encode()) > 1 for path in paths
    )


def _mask_spans(body: bytes, spans: Iterable[tuple[int, int]]) -> bytes:
    for start, end in reversed(list(spans)):
        body = body[:start] + _MASKED_TOKEN + body[end:]
    return body


def _value_spans(body: bytes, paths: set[Path]) -> Iterable[tuple[int, int]]:
    """Where the values at `paths` begin and end in a JSON text, in order."""
    path: list[str | None] = []  # the keys of the open containers' members; None in an array
    in_object: list[bool] = []
    key_is_next = False
    masked_from: int | None = None
    masked_depth = 0
    for match in _TOKEN.finditer(body):
        token = match[0]
        if token in (b"{", b"["):
            if masked_from is None and tuple(path) in paths:
                masked_from, masked_depth = match.start(), len(in_object)
            in_object.append(token == b"{")
            path.append(None)
            key_is_next = in_object[-1]
        elif token in (b"}", b"]"):
            in_object.pop()
            path.pop()
            if masked_from is not None and len(in_object) == masked_depth:
                yield masked_from, match.end()
                masked_from = None
        elif token == b",":
            key_is_next = bool(in_object) and in_object[-1]
        elif token == b":":
            key_is_next = False
        elif key_is_next:
            path[-1] = json.loads(token)
        elif masked_from is None and tuple(path) in paths:
            yield match.start(), match.end()


def mask_secrets(body: bytes, secrets: tuple[bytes, ...], *, is_json: bool = True) -> bytes:
    """Every occurrence of a secret's bytes becomes `***`. Where that would break a JSON body, the
    whole string or number that holds it becomes `"***"` instead.
    """
    if not contains_secret(body, secrets):
        return body
    masked = _mask_plainly(body, secrets)
    if is_json and not is_json_text(masked):
        by_token = _TOKEN.sub(lambda token: _mask_token(token[0], secrets), body)
        masked = _mask_plainly(by_token, secrets)
    return masked


def _mask_token(token: bytes, secrets: tuple[bytes, ...]) -> bytes:
    if not contains_secret(token, secrets):
        return token
    masked = _mask_plainly(token, secrets)
    return masked if is_json_text(masked) else _MASKED_TOKEN


def _mask_plainly(body: bytes, secrets: tuple[bytes, ...]) -> bytes:
    """Ends, for a secret is longer than the mask: every turn makes the body shorter."""
    pattern = _pattern(secrets)
    while contains_secret(body, secrets):
        body = pattern.sub(MASK, body)
    return body


def contains_secret(body: bytes, secrets: tuple[bytes, ...]) -> bool:
    """Whether any secret's bytes are in the body, as they stand or as JSON writes them."""
    return any(spelling in body for spelling in _spellings(secrets))


@lru_cache(maxsize=1024)
def _spellings(secrets: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """The longest first, and independent of the order of the secrets."""
    found = set(secrets)
    for secret in secrets:
        text = secret.decode("utf-8", "surrogateescape")
        for ascii_only in (True, False):
            escaped = json.dumps(text, ensure_ascii=ascii_only)[1:-1]
            for spelling in (escaped, escaped.replace("/", "\\/")):
                found.add(spelling.encode("utf-8", "surrogateescape"))
    return tuple(sorted(found, key=lambda spelling: (-len(spelling), spelling)))


@lru_cache(maxsize=1024)
def _pattern(secrets: tuple[bytes, ...]) -> re.Pattern[bytes]:
    return re.compile(b"|".join(re.escape(spelling) for spelling in _spellings(secrets)))


def is_json_text(body: bytes) -> bool:
    """Whether the whole body is JSON in UTF-8."""
    try:
        body.decode()
        msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return True
