"""Rows of the API, described by their Avro schemas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.avro.names import Schema, full_name
from app.inspector.api.documents import AT, FLAG, TEXT, WHOLE
from app.inspector.api.operation import JsonSchema
from app.read.row_json import INTERNAL

_SIMPLE: Mapping[str, JsonSchema] = {
    "null": {"type": "null"},
    "string": TEXT,
    "bytes": TEXT,
    "int": WHOLE,
    "long": WHOLE,
    "boolean": FLAG,
    "double": {"type": "number"},
    "float": {"type": "number"},
}


def row_schema(schema: Schema) -> JsonSchema:
    """Its key and kind, its fields, and what the inspector adds to a row as it is now."""
    types = _Types()
    shown = [field for field in schema["fields"] if field["name"] not in INTERNAL]
    row = types.record(shown, schema.get("namespace", ""))
    return {
        "type": "object",
        "description": schema.get("doc", ""),
        "properties": {
            "key": TEXT,
            "kind": TEXT,
            **row["properties"],
            "written_at": AT,
            "dead_letters": WHOLE,
        },
        "required": ["key", "kind", *row["required"]],
    }


class _Types:
    """Of one schema; knows the records it has named so far."""

    def __init__(self) -> None:
        self._named: dict[str, JsonSchema] = {}

    def record(self, fields: Sequence[Mapping[str, Any]], namespace: str) -> JsonSchema:
        properties: dict[str, Any] = {}
        for field in fields:
            of = self._of(field["type"], namespace)
            properties[field["name"]] = (
                {**of, "description": field["doc"]} if "doc" in field else of
            )
        return {"type": "object", "properties": properties, "required": [*properties]}

    def _of(self, kind: Any, namespace: str) -> JsonSchema:
        if isinstance(kind, list):
            return {"anyOf": [self._of(one, namespace) for one in kind]}
        if isinstance(kind, str):
            return _SIMPLE.get(kind) or self._named[full_name(kind, namespace)]
        return self._complex(kind, namespace)

    def _complex(self, kind: Mapping[str, Any], namespace: str) -> JsonSchema:
        match kind:
            case {"type": "record", "name": name, "fields": fields}:
                found = self._named[full_name(name, namespace)] = self.record(fields, namespace)
                return found
            case {"type": "array", "items": items}:
                return {"type": "array", "items": self._of(items, namespace)}
            case {"type": "map", "values": values}:
                return {"type": "object", "additionalProperties": self._of(values, namespace)}
            case {"logicalType": "timestamp-micros"}:
                return AT
            case _:
                return self._of(kind["type"], namespace)
