"""Text as it is compared: without case, accents, or the punctuation of telephone numbers."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_NOT_DIGITS = re.compile(r"[^0-9]+")
_NUMBER = re.compile(r"[+(]?[0-9][0-9\s().+/-]*")
_TRUNK_ZERO = re.compile(r"\(0+\)")
_UNWANTED = re.compile("[\x00-\x09\x0b-\x1f\ue000-\uf8ff]")
_OTHERS = re.compile("[^\x00-\x7f]+")
_MARK = "Mn"
_ASCII = bytes(ord(_UNWANTED.sub(" ", chr(one).lower())) for one in range(128)) + bytes(128)


def folded(text: str) -> str:
    """Lower case, without accents, of one width; lines stay. No control or private-use character
    is left: the index uses those.
    """
    if not text.isascii():
        text = _OTHERS.sub(_folded_run, text.lower())
    if text.isascii():
        return text.encode().translate(_ASCII).decode()
    return _UNWANTED.sub(" ", text)


def _folded_run(found: re.Match[str]) -> str:
    return _fold(found[0])


@lru_cache(maxsize=16_384)
def _fold(run: str) -> str:
    parts = unicodedata.normalize("NFKD", run)
    return "".join(one for one in parts if unicodedata.category(one) != _MARK).casefold()


def is_number(text: str) -> bool:
    """Whether it is made of what telephone numbers are written with."""
    return _NUMBER.fullmatch(text) is not None


def digits(number: str) -> str:
    """Of a telephone number, however it is spelled: `+44 (0)7987-000 126` is 447987000126, and so
    is `0044 7987 000126`.
    """
    if number.startswith("+") and number.isascii() and number[1:].isdecimal():
        return number[1:]
    found = _NOT_DIGITS.sub("", _TRUNK_ZERO.sub("", number))
    return found[2:] if found.startswith("00") else found
