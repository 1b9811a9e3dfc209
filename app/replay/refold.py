"""Fold raw records anew, by the very fold that the worker runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping, Sequence

from app.core.catalogue import Catalogue
from app.core.projection import TABLES, AnyRow, BatchProjection, Projected, Table
from app.core.rows import Codec, PartitionRows
from app.core.webhook import RawRecord
from app.read.shelf import Shelves

Encoded = MutableMapping[bytes, bytes]


class Refold:
    """Rows folded from raw records of one partition, given in log order.

    In memory by default; with `shelves`, rows and segments lie there.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        codecs: Mapping[Table, Codec],
        shelves: Shelves | None = None,
    ) -> None:
        self._catalogue = catalogue
        self._codecs = codecs
        new = dict if shelves is None else shelves.shelf
        self.encoded: dict[Table, Encoded] = {table: new() for table in TABLES}
        self.segments: Encoded = new()
        self._rows = PartitionRows(self.encoded, self.segments, codecs)

    def take(self, records: Sequence[RawRecord]) -> list[Projected]:
        """Fold a batch: how large it is changes nothing but speed and memory."""
        projection = BatchProjection(self._catalogue, self._rows)
        projected = projection.take(records)
        self._rows.segments_written()
        self._rows.rows_written()
        return projected

    def row(self, table: Table, key: str) -> AnyRow | None:
        value = self.encoded[table].get(key.encode())
        return None if value is None else self._codecs[table].loads(value)

    def rows(self) -> Iterator[tuple[Table, bytes, bytes]]:
        """Every row: table, key, value."""
        for table, encoded in self.encoded.items():
            for key in encoded:
                yield table, key, encoded[key]


def folded_alone(
    record: RawRecord, catalogue: Catalogue, codecs: Mapping[Table, Codec]
) -> Projected:
    """What becomes of a record on a row of its own."""
    (projected,) = Refold(catalogue, codecs).take([record])
    return projected
