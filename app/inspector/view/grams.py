"""The words of the index: each is of three characters, which is what the trigram tokenizer makes
of any text.

What a filter asks for (phase, source, …) is a word, too, of private-use characters: so one index
finds words and filters together, however many rows have either.
"""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import blake2b
from itertools import pairwise

LONG = 3
_PRIVATE, _PRIVATE_COUNT = 0xE000, 0x18FF  # the last private-use character is PAIR
PAIR = "\uf8ff"
_IDEOGRAPHS = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]{2,}")


@lru_cache(maxsize=16_384)
def facet(name: str, value: str) -> str:
    """The word for what a filter asks for; `value` is compared without regard to case."""
    text = f"{name}={value.casefold()}".encode()
    number = int.from_bytes(blake2b(text, digest_size=6).digest(), "big")
    letters: list[str] = []
    for _ in range(LONG):
        number, letter = divmod(number, _PRIVATE_COUNT)
        letters.append(chr(_PRIVATE + letter))
    return "".join(letters)


def pairs(text: str) -> str:
    """Every two neighbouring ideographs as a word: names in Chinese often have only two."""
    if text.isascii():
        return ""
    found = {a + b for run in _IDEOGRAPHS.findall(text) for a, b in pairwise(run)}
    return "".join(pair + PAIR for pair in sorted(found))


def grams(text: str) -> list[str]:
    """Words that every text holds that holds this one: as few as cover it. Empty where it is too
    short for any.
    """
    if len(text) == LONG - 1 and _IDEOGRAPHS.fullmatch(text):
        return [text + PAIR]
    starts = [*range(0, len(text) - LONG, LONG), len(text) - LONG] if len(text) >= LONG else []
    return list(dict.fromkeys(text[at : at + LONG] for at in starts))
