"""What is to be written so that the shadow's row is the live one, whoever recovers from it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import msgspec

from app.core.ledger import segment_key
from app.core.projection import AnyRow
from app.core.row import UNREAD
from app.read.segments import segment_keys
from app.replay.succession import Succession
from app.replay.successor import Successor

Value = bytes | None


class Change(msgspec.Struct, frozen=True):
    """Values of a row and of segments of its ledger, in the order in which they are to lie in their
    topics; None is a tombstone.

    Workers without transactions keep, of a key's values, the row that covers most of the raw log
    and the longest segment (`app.faust_batch.newest`); a tombstone between two ends that.
    """

    key: bytes
    values: list[Value]
    segments: list[tuple[bytes, Value]]

    @property
    def size(self) -> int:
        """In bytes, about: a tombstone has a size, too."""
        written = [*self.values, *(value for _, value in self.segments)]
        return sum(len(value or b"") + len(self.key) for value in written)


def superseding(successor: Successor, one: Succession) -> Change:
    """Segments first: a row may only name segments that are there."""
    key = one.stored
    row = successor.row(one.table, key)
    segments = list(_segments(successor, one, row))
    if row is None:
        return Change(key, [None], segments)
    value = successor.refold.encoded[one.table][key]
    covered = successor.live.covered(one.table, one.key)
    unread = covered == UNREAD and key in successor.live.values[one.table]
    return Change(key, [None, value] if unread or covered > row.offset else [value], segments)


def _segments(
    successor: Successor, one: Succession, row: AnyRow | None
) -> Iterator[tuple[bytes, Value]]:
    """Whatever the live row has more of would be found by a longer row in years to come."""
    ours = [] if row is None else segment_keys(one.key, row)
    for name in ours:
        value, held = successor.segment(name), successor.live.segments.get(name)
        if held is not None and len(held) > len(value):
            yield name, None
        if held != value:
            yield name, value
    for number in count(len(ours)):
        name = one.stored + segment_key("", number)
        if successor.live.segments.get(name) is None:
            return
        yield name, None
