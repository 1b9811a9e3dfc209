"""Rows as JSON: the fields of the schema by their Avro names, times as ISO text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from app.core.ledger import Entry, unpack
from app.core.projection import AnyRow, Table
from app.core.webhook import iso

Plain = str | int | float | bool | list["Plain"] | dict[str, "Plain"] | None
Schema = Mapping[str, Any]
INTERNAL = ("ledger", "fold")  # what readers do not see


class RowJson:
    """`schemas` are the latest of the three tables: what they name is shown, in their order."""

    def __init__(self, schemas: Mapping[Table, Schema]) -> None:
        self._fields = {table: schema["fields"] for table, schema in schemas.items()}
        self._named = {table: dict(_records(schema)) for table, schema in schemas.items()}

    def of(self, table: Table, row: AnyRow, *, internals: bool = False) -> dict[str, Plain]:
        """`ledger` (its entries) and `fold` only if asked for."""
        shown: dict[str, Plain] = {}
        for field in self._fields[table]:
            name: str = field["name"]
            if name not in INTERNAL or (internals and name != "ledger"):
                shown[name] = _value(field["type"], getattr(row, name), self._named[table])
            elif internals:
                shown[name] = [entry_json(entry) for entry in unpack(row.ledger)]
        return shown


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


def _records(schema: Any) -> Iterator[tuple[str, Schema]]:
    """Every record of a schema by its name: a later field may use it by that."""
    match schema:
        case list():
            for one in schema:
                yield from _records(one)
        case {"type": "record", "name": name, "fields": fields}:
            yield name, schema
            for field in fields:
                yield from _records(field["type"])
        case {"type": "array", "items": inner} | {"type": "map", "values": inner}:
            yield from _records(inner)


def _value(kind: Any, value: Any, named: Mapping[str, Schema]) -> Plain:
    """A value by its Avro type."""
    if isinstance(kind, list):
        branch = next(one for one in kind if one != "null")
        return None if value is None else _value(branch, value, named)
    match named.get(kind, kind) if isinstance(kind, str) else kind:
        case {"type": "record", "fields": fields}:
            return {
                field["name"]: _value(field["type"], getattr(value, field["name"]), named)
                for field in fields
            }
        case {"type": "array", "items": items}:
            return [_value(items, one, named) for one in value]
        case {"type": "map", "values": values}:
            return {name: _value(values, one, named) for name, one in value.items()}
        case {"logicalType": "timestamp-micros"}:
            return iso(value)
        case _:
            return value.hex() if isinstance(value, bytes | bytearray) else value
