"""Text as it is compared: without case, accents, or the punctuation of telephone numbers."""

from __future__ import annotations

import re
import unicodedata

_NOT_DIGITS = re.compile(r"[^0-9]+")
_TRUNK_ZERO = re.compile(r"\(0+\)")
_UNWANTED = re.compile("[\x00-\x09\x0b-\x1f\ue000-\uf8ff]")
_MARK = "Mn"


def folded(text: str) -> str:
    """Lower case, without accents, of one width; lines stay. No control or private-use character
    is left: the index uses those.
    """
    if not text.isascii():
        parts = unicodedata.normalize("NFKD", text)
        text = "".join(one for one in parts if unicodedata.category(one) != _MARK).casefold()
    return _UNWANTED.sub(" ", text.lower())


def digits(number: str) -> str:
    """Of a telephone number, however it is spelled: `+44 (0)7987-000 126` is 447987000126, and so
    is `0044 7987 000126`.
    """
    found = _NOT_DIGITS.sub("", _TRUNK_ZERO.sub("", number))
    return found[2:] if found.startswith("00") else found
