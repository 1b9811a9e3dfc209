"""The older entries of rows' ledgers, as the ledger's topic holds them."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping

from msgspec import UNSET

from app.core.ledger import IN_SEGMENT, Entry, segment_key, unpack
from app.core.projection import AnyRow
from app.read.compare import Difference
from app.read.row_json import entry_json


class Segments:
    """Packed entries by `<row key>#<number>`."""

    def __init__(self, packed: MutableMapping[bytes, bytes]) -> None:
        self._packed = packed

    def put(self, key: bytes, value: bytes | None) -> None:
        if value is None:
            self._packed.pop(key, None)
        else:
            self._packed[key] = value

    def get(self, name: bytes) -> bytes | None:
        return self._packed.get(name)

    def entries(self, key: str, row: AnyRow) -> Iterator[Entry]:
        """Those of a row, in no order. Entries beyond its offset were written by a worker that
        died before it wrote the row, and do not count.
        """
        for name in segment_keys(key, row):
            for entry in unpack(self._packed.get(name, b"")):
                if entry.offset <= row.offset:
                    yield entry

    def whole(self, key: str, row: AnyRow) -> Iterator[Entry]:
        """Of a row's whole ledger, in no order."""
        yield from unpack(row.ledger)
        yield from self.entries(key, row)

    def differences(
        self, key: str, row: AnyRow, others: Segments, other: AnyRow
    ) -> list[Difference]:
        """What two rows' segments do not agree on. Where an entry lies, in a segment or in the
        row, is the row's to say: those that the row holds itself are left out.
        """
        if not row.fold.moved and not other.fold.moved:
            return []
        held = {*unpack(row.ledger), *unpack(other.ledger)}
        ours = {entry.offset: entry for entry in self.entries(key, row) if entry not in held}
        theirs = {entry.offset: entry for entry in others.entries(key, other) if entry not in held}
        return [
            Difference(
                field=f"ledger#[{row.partition}:{offset}]",
                left=entry_json(ours[offset]) if offset in ours else UNSET,
                right=entry_json(theirs[offset]) if offset in theirs else UNSET,
            )
            for offset in sorted({*ours, *theirs})
            if ours.get(offset) != theirs.get(offset)
        ]


def segment_keys(key: str, row: AnyRow) -> list[bytes]:
    return [segment_key(key, number) for number in range(-(-row.fold.moved // IN_SEGMENT))]
