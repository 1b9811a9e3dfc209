"""Avro's variable-length integers, as the decoder reads them: the inverse of `app.avro.varint`.

Each function takes the bytes, behind which PAD has to stand, and where the integer begins; it
returns the integer and where it ends. They raise ValueError for what is none.
"""

from __future__ import annotations

import struct

from app.avro.varint import SPAN

PAD = bytes(10)  # so that an integer may be read as if it had all its bytes

# What the last 4 bytes of a time (as a little-endian number) stand for: see SPAN.
SPAN_STARTS: dict[int, int] = {}
_MOST_SPANS = 8_192

eight = struct.Struct("<HHI").unpack_from


def read_long(data: bytes, at: int) -> tuple[int, int]:
    """Of at most 64 bits. The ways of those that are frequent come first: offsets, times."""
    low, middle, last = eight(data, at)
    number = low & 127 | low >> 1 & 16256
    if low & 32896 == 128:
        return number >> 1 ^ -(number & 1), at + 2
    if low & 32896 != 32896:
        number &= 127
        return number >> 1 ^ -(number & 1), at + 1
    number |= (middle & 127 | middle >> 1 & 16256) << 14
    if middle & 32896 == 128:
        return number >> 1 ^ -(number & 1), at + 4
    start = SPAN_STARTS.get(last)
    if start is None or middle & 32896 != 32896 or number & 1:
        return _read(data, at, number, middle, last)
    return start + (number >> 1), at + 8


def _read(data: bytes, at: int, number: int, middle: int, last: int) -> tuple[int, int]:
    """One of eight bytes whose span is not known, or of any other length. `number` are the lowest
    28 bits of the former, `middle` and `last` its other bytes."""
    if middle & 32896 != 32896 or last & 0x80808080 != 0x808080:
        return _by_bytes(data, at)
    high = last & 127 | last >> 1 & 16256 | last >> 2 & 0x1FC000 | last >> 3 & 0xFE00000
    start = high << SPAN
    if number & 1:
        return ~(start + (number >> 1)), at + 8
    if len(SPAN_STARTS) >= _MOST_SPANS:
        SPAN_STARTS.clear()
    SPAN_STARTS[last] = start
    return start + (number >> 1), at + 8


def _by_bytes(data: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = data[at]
        at += 1
        number |= (byte & 127) << shift
        if byte < 128:
            break
        shift += 7
        if shift > 63:
            raise ValueError("an integer of more than 64 bits")
    if number >= 1 << 64:
        raise ValueError("an integer of more than 64 bits")
    return number >> 1 ^ -(number & 1), at


def read_int(data: bytes, at: int) -> tuple[int, int]:
    """Of at most 32 bits."""
    number, at = read_long(data, at)
    if not -(2**31) <= number < 2**31:
        raise ValueError("an integer of more than 32 bits")
    return number, at


def read_size(data: bytes, at: int) -> tuple[int, int]:
    """A length: 0 or more."""
    number, at = read_long(data, at)
    if number < 0:
        raise ValueError("a length below 0")
    return number, at


def read_count(data: bytes, at: int) -> tuple[int, int]:
    """The count of a block's items. Below 0 it is the count negated, and a size follows."""
    number, at = read_long(data, at)
    if number < 0:
        _, at = read_size(data, at)
    return abs(number), at
