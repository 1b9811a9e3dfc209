"""The ledger of a row: an entry for each webhook of its key, packed.

It is what duplicates are recognised by, what counts and times of messages derive from, and the
index from a row to its raw records. The row holds the newest entries; older ones move into
segments, which live beside the rows (`state.ledger`).

Entry, 43 bytes: event id (first 8 bytes) | event time | raw offset | raw partition | kind |
message id (8-byte hash) | message time. Times in microseconds, 0 where there is none.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, MutableMapping
from hashlib import blake2b
from typing import NamedTuple, Protocol

import msgspec

from app.core.facts import MessageClass

IN_ROW = 128  # entries a row holds at most
MOVED = 64  # entries that move to a segment at once
IN_SEGMENT = 1_024  # a segment is written again with every MOVED entries that join it

CLASSES: tuple[MessageClass, ...] = ("inbound", "outbound", "automated", "note", "activity")
DUPLICATE = 0x10
_CLASS = 0x07
_ENTRY = struct.Struct(">8sQqHB8sQ")
SIZE = _ENTRY.size
_WHOLE = struct.Struct(f"{SIZE}s")
_ID = 0
_MESSAGE = 27
_NONE = bytes(8)
_KINDS = {cls: n for n, cls in enumerate(CLASSES, start=1)}


class Entry(NamedTuple):
    """One webhook of a key."""

    event: bytes
    at: int
    offset: int
    partition: int
    kind: int
    message: bytes = _NONE
    message_at: int = 0

    @property
    def duplicate(self) -> bool:
        return bool(self.kind & DUPLICATE)

    @property
    def cls(self) -> MessageClass:
        """The class of the message it speaks of; call only where `message` is one."""
        return CLASSES[(self.kind & _CLASS) - 1]


class Segments(Protocol):
    """Where the older entries of one row lie: numbered segments of packed, sorted entries."""

    def read(self, number: int) -> bytes: ...

    def write(self, number: int, packed: bytes, added: bytes) -> None:
        """`packed` is all that it holds now, `added` what it may not have held before."""
        ...

    def may_hold(self, id: bytes, count: int) -> bool:
        """False only if none of the first `count` segments has an event or message of that id."""
        ...


def message_hash(id: str) -> bytes:
    return blake2b(id.encode(), digest_size=8).digest()


def kind_of(cls: MessageClass) -> int:
    return _KINDS[cls]


class Ledger(msgspec.Struct, gc=False):
    """The entries of one row: those in the row (`packed`, oldest first) and `moved` older ones.

    `covered` is the row's offset: entries of segments beyond it were written by a worker that
    died before it wrote the row, and do not count. `open` gives the segments of `key`.
    """

    packed: bytearray
    moved: int
    covered: int
    open: Callable[[str], Segments]
    key: str

    def has(self, event: bytes) -> bool:
        """Was an event of this id (8 bytes) applied before?"""
        if event in self.packed and _find(self.packed, event, _ID) >= 0:
            return True
        if self.moved and self._may_hold(event):
            return any(True for _ in self._older(event, _ID))
        return False

    def names(self, event: bytes, place: tuple[int, int]) -> bool:
        """Is the raw record at this partition and offset one of those seen of an event?"""
        seen = [*_matching(self.packed, event, _ID)]
        if self.moved and self._may_hold(event):
            seen.extend(self._older(event, _ID))
        return any((entry.partition, entry.offset) == place for entry in seen)

    def mentions(self, message: bytes) -> list[Entry]:
        """Every applied entry that speaks of a message."""
        found: list[Entry] = []
        if message in self.packed:
            found.extend(_matching(self.packed, message, _MESSAGE))
        if self.moved and self._may_hold(message):
            found.extend(self._older(message, _MESSAGE))
        return found

    def add(
        self,
        event: bytes,
        at: int,
        offset: int,
        partition: int,
        kind: int,
        message: bytes = _NONE,
        message_at: int = 0,
    ) -> None:
        """Append an Entry, and move the oldest ones to a segment when the row is full."""
        self.packed += _ENTRY.pack(event, at, offset, partition, kind, message, message_at)
        if len(self.packed) > IN_ROW * SIZE:
            self._move()

    def entries(self) -> Iterator[Entry]:
        """All of them, in no order."""
        segments = self.open(self.key)
        for number in range(_segments(self.moved)):
            for entry in unpack(segments.read(number)):
                if entry.offset <= self.covered:
                    yield entry
        yield from unpack(self.packed)

    def _may_hold(self, id: bytes) -> bool:
        return self.open(self.key).may_hold(id, _segments(self.moved))

    def _older(self, id: bytes, place: int) -> Iterator[Entry]:
        segments = self.open(self.key)
        for number in range(_segments(self.moved)):
            for entry in _matching(segments.read(number), id, place):
                if entry.offset <= self.covered:
                    yield entry

    def _move(self) -> None:
        """What a segment takes depends on the log alone, and it is a set: writing it again
        after a crash changes nothing."""
        segments = self.open(self.key)
        number = self.moved // IN_SEGMENT
        before = segments.read(number) if self.moved % IN_SEGMENT else b""
        moving = bytes(self.packed[: MOVED * SIZE])
        packed = sorted({*_split(before), *_split(moving)})
        segments.write(number, b"".join(packed), moving)
        del self.packed[: MOVED * SIZE]
        self.moved += MOVED


def _segments(moved: int) -> int:
    return -(-moved // IN_SEGMENT)


def unpack(packed: bytes | bytearray) -> Iterator[Entry]:
    return map(Entry._make, _ENTRY.iter_unpack(packed))


def _split(packed: bytes) -> Iterator[bytes]:
    return (entry for (entry,) in _WHOLE.iter_unpack(packed))


def _find(packed: bytes | bytearray, id: bytes, place: int, start: int = 0) -> int:
    """Where the next entry begins that holds `id` at `place`, else -1."""
    at = packed.find(id, start)
    while at >= 0:
        if at % SIZE == place:
            return at - place
        at = packed.find(id, at + 1)
    return -1


def _matching(packed: bytes | bytearray, id: bytes, place: int) -> Iterator[Entry]:
    at = _find(packed, id, place)
    while at >= 0:
        entry = Entry._make(_ENTRY.unpack_from(packed, at))
        if not entry.duplicate or place == _ID:
            yield entry
        at = _find(packed, id, place, at + SIZE)


class MappedSegments:
    """Segments in a mapping of `<row key>#<number>` to packed entries, with an index of ids."""

    __slots__ = ("_index", "_indexed", "key", "mapping")

    def __init__(self, mapping: MutableMapping[bytes, bytes], key: str) -> None:
        self.mapping = mapping
        self.key = key
        self._index: set[bytes] = set()
        self._indexed = 0

    def read(self, number: int) -> bytes:
        return self.mapping.get(segment_key(self.key, number), b"")

    def write(self, number: int, packed: bytes, added: bytes) -> None:
        self.mapping[segment_key(self.key, number)] = packed
        if number < self._indexed:
            self._learn(added)

    def may_hold(self, id: bytes, count: int) -> bool:
        while self._indexed < count:
            self._learn(self.read(self._indexed))
            self._indexed += 1
        return id in self._index

    def _learn(self, packed: bytes) -> None:
        for entry in _split(packed):
            self._index.add(entry[_ID : _ID + 8])
            self._index.add(entry[_MESSAGE : _MESSAGE + 8])


def segment_key(key: str, number: int) -> bytes:
    return f"{key}#{number}".encode()
