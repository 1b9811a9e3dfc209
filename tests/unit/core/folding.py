"""Given facts, then row: the folds without vendors, schemas or Kafka."""

from __future__ import annotations

import json
from hashlib import blake2b
from itertools import count
from pathlib import Path
from typing import Any

from app.avro.rows import RowCodec
from app.core.facts import Facts
from app.core.projection import TABLES, AnyRow, Table, fold
from app.core.rows import PartitionRows, Store
from app.core.webhook import RawRecord

RECEIVED = 1_000_000_000_000_000
KEY = "shop/conversation/7"

STATE = Path(__file__).parents[3] / "schemas" / "state"


def _unknown(id: int) -> dict[str, Any]:
    raise LookupError(id)


def _codec(table: Table) -> RowCodec:
    versions = (STATE / table).glob("v*.avsc")
    newest = max(versions, key=lambda path: int(path.stem[1:]))
    return RowCodec(table, json.loads(newest.read_text()), 1, _unknown)


CODECS: dict[Table, RowCodec] = {table: _codec(table) for table in TABLES}


class Folding:
    """A partition to fold facts into, one record after another."""

    def __init__(self) -> None:
        self.stores: dict[Table, Store] = {table: {} for table in TABLES}
        self.ledger: dict[bytes, bytes] = {}
        self.restart()
        self._offsets = count()

    def restart(self) -> None:
        """As after a crash: only what was written is there."""
        self.rows = PartitionRows(self.stores, self.ledger, CODECS)

    def record(
        self, name: str, *, key: str = KEY, received_at: int = RECEIVED, offset: int | None = None
    ) -> RawRecord:
        return RawRecord(
            partition=3,
            offset=next(self._offsets) if offset is None else offset,
            key=key,
            body=b"",
            id=blake2b(name.encode(), digest_size=16).hexdigest(),
            source="shop",
            type="varda.anything",
            received_at=received_at,
        )

    def take(self, name: str, facts: Facts, **record: int | str) -> str:
        return fold(self.record(name, **record), facts, self.rows).effect  # type: ignore[arg-type]

    def write(self) -> None:
        self.rows.segments_written()
        self.rows.rows_written()

    def row(self, key: str = KEY, table: Table = "conversation") -> AnyRow:
        row = self.rows.read(table, key)
        assert row is not None
        return row
