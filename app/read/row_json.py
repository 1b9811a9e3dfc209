"""Rows as JSON: the fields of the schema by their Avro names, times as ISO text."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from app.avro.rows import ROWS
from app.core.ledger import Entry, unpack
from app.core.projection import AnyRow, Table
from app.core.webhook import iso
from app.read.avro_json import Plain, RecordJson, Schema, blank

__all__ = ["INTERNAL", "Plain", "RowJson", "entry_json"]

INTERNAL = ("ledger", "fold")  # what readers do not see


class RowJson:
    """`schemas` are the latest of the three tables: what they name is shown, in their order."""

    def __init__(self, schemas: Mapping[Table, Schema]) -> None:
        self._json = {table: RecordJson(schema) for table, schema in schemas.items()}
        self._blank = {table: _public(blank(schema)) for table, schema in schemas.items()}

    def of(self, table: Table, row: AnyRow, *, internals: bool = False) -> dict[str, Plain]:
        """`ledger` (its entries) and `fold` only if asked for."""
        if not internals:
            return self._json[table].of(row, without=INTERNAL)
        shown = self._json[table].of(row)
        shown["ledger"] = [entry_json(entry) for entry in unpack(row.ledger)]
        return shown

    def read(self, table: Table, json: Mapping[str, Plain]) -> AnyRow:
        """The row of such JSON, without ledger and fold. Raises ValueError or TypeError for what
        is no row.
        """
        return msgspec.convert(self._json[table].read(_public(json)), ROWS[table])

    def blank(self, table: Table) -> dict[str, Plain]:
        """A row of which nothing was said: see `app.read.avro_json.blank`."""
        return dict(self._blank[table])


def _public(row: Mapping[str, Plain]) -> dict[str, Plain]:
    return {name: value for name, value in row.items() if name not in INTERNAL}


def entry_json(entry: Entry) -> dict[str, Plain]:
    """An entry of the ledger: its raw record's place, the first 16 digits of the event id, …"""
    described: dict[str, Plain] = {
        "raw": f"{entry.partition}:{entry.offset}",
        "event": entry.event.hex(),
        "at": iso(entry.at),
        "duplicate": entry.duplicate,
    }
    if not entry.duplicate and entry.kind:
        described["message"] = entry.cls
        described["message_at"] = iso(entry.message_at) if entry.message_at else None
    return described
