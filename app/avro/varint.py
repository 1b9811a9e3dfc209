"""Avro's variable-length integers, as the encoder writes them.

The encoder assembles text in which each character stands for one byte (latin-1): ASCII strings,
which most are, then need no conversion, and joining text is as quick as joining bytes.
"""

from __future__ import annotations

_LONG_MAX = 2**63

# 7 bits that others follow. Tables are small: a greater one would be out of the processor's caches
# whenever it is wanted.
NEXT = [chr(number | 128) for number in range(128)]


def _plain(number: int) -> str:
    """The base-128 varint of a number of 0 or more."""
    out = ""
    while number > 127:
        out += NEXT[number & 127]
        number >>= 7
    return out + chr(number)


# The zigzag varints of small numbers that are not negative: lengths and counts.
SMALL = [_plain(2 * number) for number in range(8_192)]


def varint(number: int) -> str:
    """The zigzag varint of a long. Raises OverflowError beyond 64 bits, TypeError for what is
    no integer, a boolean included.
    """
    if type(number) is not int:
        raise TypeError("no integer")
    if not -_LONG_MAX <= number < _LONG_MAX:
        raise OverflowError(f"{number} is no 64-bit integer")
    return _plain((number << 1) ^ (number >> 63))


def varint_of_int(number: int) -> str:
    """The same of Avro's int. Raises OverflowError beyond 32 bits, TypeError as `varint`."""
    text = varint(number)
    if not -(2**31) <= number < 2**31:
        raise OverflowError(f"{number} is no 32-bit integer")
    return text


# A time in microseconds is its lowest 27 bits in 4 bytes (SPAN: 134 seconds) and what is above
# them: few moments of that length occur together, so their last bytes are remembered.
SPAN = 27
SPANS: dict[int, str] = {}
_MOST_SPANS = 8_192  # 12 days


def varint_of_time(number: int) -> str:
    """The same of a time whose span is not in SPANS; from 1971 to 3111 it is put there."""
    text = varint(number)
    if 1 << 41 <= number < 1 << 55:
        if len(SPANS) >= _MOST_SPANS:
            SPANS.clear()
        SPANS[number >> SPAN] = text[4:]
    return text


def varint_of_long(number: int) -> str:
    """The same of any long: most that are large are times."""
    last = SPANS.get(number >> SPAN)
    if last is None:
        return varint_of_time(number)
    first, second = NEXT[number << 1 & 127], NEXT[number >> 6 & 127]
    return f"{first}{second}{NEXT[number >> 13 & 127]}{NEXT[number >> 20 & 127]}{last}"
