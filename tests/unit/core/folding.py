"""Given facts, then row: the folds without vendors, schemas or Kafka."""

from __future__ import annotations

import pickle
from hashlib import blake2b
from itertools import count

from app.core.facts import Facts
from app.core.projection import TABLES, AnyRow, Table, fold
from app.core.rows import PartitionRows, Store
from app.core.webhook import RawRecord

RECEIVED = 1_000_000_000_000_000
KEY = "shop/conversation/7"


class PickledRows:
    """A codec that stands in for Avro: what it loads is another object."""

    def dumps(self, row: AnyRow) -> bytes:
        return pickle.dumps(row)

    def loads(self, data: bytes) -> AnyRow:
        return pickle.loads(data)


class Folding:
    """A partition to fold facts into, one record after another."""

    def __init__(self) -> None:
        self.stores: dict[Table, Store] = {table: {} for table in TABLES}
        self.ledger: dict[bytes, bytes] = {}
        self.restart()
        self._offsets = count()

    def restart(self) -> None:
        """As after a crash: only what was written is there."""
        for store in self.stores.values():
            for key, row in list(store.items()):
                if not isinstance(row, bytes):
                    store[key] = row.written or b""
        self.rows = PartitionRows(self.stores, self.ledger, dict.fromkeys(TABLES, PickledRows()))

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
        return fold(self.record(name, **record), facts, self.rows)  # type: ignore[arg-type]

    def write(self) -> None:
        self.rows.segments_written()
        self.rows.rows_written()

    def row(self, key: str = KEY, table: Table = "conversation") -> AnyRow:
        row = self.rows.read(table, key)
        assert row is not None
        return row
