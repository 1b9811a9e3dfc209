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
_TOKEN = re.compile(
    rb'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],:]|[^\s{}\[\],:"]+',
    re.DOTALL,
)


def mask_fields(body: bytes, paths: tuple[Path, ...], tokens: Sequence[bytes]) -> bytes:
    """Every value that lies at one of `paths` becomes `"***"`. `body` is a JSON object, `tokens`
    the JSON text of the values that a decoder found there.
    """
    if not tokens:
        return body
    named = sum(map(body.count, _quoted_names(paths)))
    if named > len(tokens) or any(body.count(token) > 1 for token in tokens):
        return _mask_spans(body, _value_spans(body, set(paths)))
    for token in tokens:
        body = body.replace(token, _MASKED_TOKEN)
    return body


@lru_cache(maxsize=16)
def _quoted_names(paths: tuple[Path, ...]) -> tuple[bytes, ...]:
    return tuple(b'"%b"' % path[-1].encode() for path in paths)


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
            path[-1] = _name(token)
        elif masked_from is None and tuple(path) in paths:
            yield match.start(), match.end()


def _name(token: bytes) -> str | None:
    """A member's name, its escapes undone; None for one that is not UTF-8."""
    try:
        return json.loads(token)
    except ValueError:
        return None


def mask_secrets(body: bytes, secrets: tuple[bytes, ...]) -> bytes:
    """Every occurrence of a secret's bytes becomes `***`. Where that would break a JSON body, the
    whole string or number that holds it becomes `"***"` instead.
    """
    if not contains_secret(body, secrets):
        return body
    masked = _mask_plainly(body, secrets)
    if is_json_text(body) and not is_json_text(masked):
        by_token = _TOKEN.sub(lambda token: _mask_token(token[0], secrets), body)
        masked = _mask_plainly(by_token, secrets)
    return masked


def _mask_token(token: bytes, secrets: tuple[bytes, ...]) -> bytes:
    if not contains_secret(token, secrets):
        return token
    masked = _mask_plainly(token, secrets)
    return masked if is_json_text(masked) else _MASKED_TOKEN


def _mask_plainly(body: bytes, secrets: tuple[bytes, ...]) -> bytes:
    """What is masked may make a new occurrence of a secret, so again until the body stays. That
    ends, for a secret is longer than the mask: every turn makes the body shorter.
    """
    masked = _pattern(secrets).sub(MASK, body)
    while len(masked) < len(body):
        body, masked = masked, _pattern(secrets).sub(MASK, masked)
    return masked


def contains_secret(body: bytes, secrets: tuple[bytes, ...]) -> bool:
    """Whether any secret's bytes are in the body, as they stand or as JSON may write them."""
    for spelling in _spellings(secrets):
        if spelling in body:
            return True
    if b"\\" not in body or _escape_of_any(secrets).search(body) is None:
        return False
    return _pattern(secrets).search(body) is not None


@lru_cache(maxsize=1024)
def _spellings(secrets: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """The usual ones: as it stands, and as JSON's writers escape what they must."""
    found = set(secrets)
    for secret in secrets:
        text = secret.decode("utf-8", "surrogateescape")
        for ascii_only in (True, False):
            escaped = json.dumps(text, ensure_ascii=ascii_only)[1:-1]
            for spelling in (escaped, escaped.replace("/", "\\/")):
                found.add(spelling.encode("utf-8", "surrogateescape"))
    return tuple(sorted(found))


@lru_cache(maxsize=1024)
def _pattern(secrets: tuple[bytes, ...]) -> re.Pattern[bytes]:
    """Each character as it stands or escaped, whether it needs that or not. The longest secret
    first, and independent of the order of the secrets.
    """
    ordered = sorted(set(secrets), key=lambda secret: (-len(secret), secret))
    texts = (secret.decode("utf-8", "surrogateescape") for secret in ordered)
    return re.compile(
        b"|".join(b"".join(b"(?:%b)" % b"|".join(_written(one)) for one in text) for text in texts)
    )


@lru_cache(maxsize=1024)
def _escape_of_any(secrets: tuple[bytes, ...]) -> re.Pattern[bytes]:
    """Any escape of a character that is in a secret: without one there is nothing to undo."""
    characters = sorted({one for secret in secrets for one in secret.decode(errors="ignore")})
    escapes = [escape for one in characters for escape in _written(one)[1:]]
    return re.compile(b"|".join(escapes) or rb"(?!)")


_SHORT = {'"': '"', "\\": "\\", "/": "/", "\b": "b", "\f": "f", "\n": "n", "\r": "r", "\t": "t"}


def _written(character: str) -> list[bytes]:
    """Patterns of all ways to write a character in a JSON string: first as it stands."""
    ways = [re.escape(character.encode("utf-8", "surrogateescape"))]
    if "\ud800" <= character <= "\udfff":
        return ways  # a byte that is no UTF-8
    units = character.encode("utf-16-be")
    ways.append(
        b"".join(rb"\\u" + _hexadecimal(units[at : at + 2]) for at in range(0, len(units), 2))
    )
    if character in _SHORT:
        ways.append(rb"\\" + re.escape(_SHORT[character].encode()))
    return ways


def _hexadecimal(unit: bytes) -> bytes:
    """Four digits, of letters either case."""
    return b"".join(
        b"[%c%c]" % (digit, digit - 32) if digit >= ord("a") else b"%c" % digit
        for digit in unit.hex().encode()
    )


def is_json_text(body: bytes) -> bool:
    """Whether the whole body is JSON in UTF-8."""
    try:
        body.decode()
        msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return True
