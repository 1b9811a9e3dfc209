"""How entries lie in a file, so that whatever happens to some of its bytes the others are found.

A file begins with a magic word; then, and before each entry, stands the file's own marker:

    magic     8 bytes, the format and its version
    frames    marker (8 bytes) · length of the payload (4) · its CRC-32 (4) · CRC-32 of those 16
              bytes (4) · payload; numbers are little-endian

The marker is random and stands in the file's name, too. It is told to nobody, so no body can
hold something that passes for an entry.
"""

from __future__ import annotations

import struct
from typing import NamedTuple
from zlib import crc32

MAGIC = b"HOOKSPL1"
MARKER_BYTES = 8
HEAD_BYTES = MARKER_BYTES + 12

_SIZES = struct.Struct("<II")
_CHECK = struct.Struct("<I")


class Frame(NamedTuple):
    """An entry that was found whole, and where its frame begins in the file."""

    at: int
    payload: bytes


class Frames(NamedTuple):
    """What is in a file. `torn`: it ends within an entry, as when power fails while it is written.
    `broken`: there are bytes that nobody writes.
    """

    frames: list[Frame]
    torn: bool
    broken: bool


def frame(marker: bytes, payload: bytes) -> bytes:
    head = marker + _SIZES.pack(len(payload), crc32(payload))
    return b"%b%b%b" % (head, _CHECK.pack(crc32(head)), payload)


def read_frames(data: bytes, marker: bytes) -> Frames:
    """Every whole entry, in order, whatever lies between them."""
    torn, broken = _is_cut(data, MAGIC), False
    frames: list[Frame] = []
    at = len(MAGIC)
    if not data.startswith(MAGIC) and not torn:
        at, broken = _next(data, marker, 0), True
    while at < len(data):
        found = _at(data, at, marker)
        if found is not None:
            frames.append(Frame(at, found))
            at += HEAD_BYTES + len(found)
        elif (after := _next(data, marker, at + 1)) < len(data):
            at, broken = after, True
        else:
            torn = _is_torn(data[at:], marker)
            return Frames(frames, torn, broken or not torn)
    return Frames(frames, torn, broken)


def _at(data: bytes, at: int, marker: bytes) -> bytes | None:
    length = _length(data[at : at + HEAD_BYTES], marker)
    if length is None:
        return None
    payload = data[at + HEAD_BYTES : at + HEAD_BYTES + length]
    _, check = _SIZES.unpack_from(data, at + MARKER_BYTES)
    return payload if len(payload) == length and crc32(payload) == check else None


def _length(head: bytes, marker: bytes) -> int | None:
    """Of the payload; None where this is no whole head."""
    if len(head) < HEAD_BYTES or not head.startswith(marker):
        return None
    (check,) = _CHECK.unpack_from(head, HEAD_BYTES - 4)
    return _SIZES.unpack_from(head, MARKER_BYTES)[0] if crc32(head[:-4]) == check else None


def _next(data: bytes, marker: bytes, start: int) -> int:
    """Where the next whole entry begins; the end of the data where none does."""
    while (start := data.find(marker, start)) >= 0:
        if _at(data, start, marker) is not None:
            return start
        start += 1
    return len(data)


def _is_torn(tail: bytes, marker: bytes) -> bool:
    """Whether this is an entry's beginning; or was one when the file had grown already and its
    last pages had not been written, which then are zeros. No payload ends with a zero.
    """
    return _begins(tail, marker) or _begins(tail.rstrip(b"\0"), marker)


def _begins(tail: bytes, marker: bytes) -> bool:
    if len(tail) < HEAD_BYTES:
        return marker.startswith(tail[:MARKER_BYTES]) or tail.startswith(marker)
    length = _length(tail[:HEAD_BYTES], marker)
    return length is not None and len(tail) < HEAD_BYTES + length


def _is_cut(data: bytes, whole: bytes) -> bool:
    return len(data) < len(whole) and whole.startswith(data)
