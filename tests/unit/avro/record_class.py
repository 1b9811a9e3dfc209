"""A class for the records of any schema."""

from __future__ import annotations

from typing import Any

import msgspec

_CLASSES: dict[str, Any] = {
    "string": str,
    "bytes": bytes,
    "int": int,
    "long": int,
    "float": float,
    "double": float,
    "boolean": bool,
    "enum": str,
}


def record_class(schema: dict[str, Any]) -> type[Any]:
    """A Struct with the schema's fields; `encoded` besides, where the schema wants it kept."""
    return _class(schema, {})


def _class(kind: Any, named: dict[str, Any]) -> Any:
    if isinstance(kind, list):
        return _class(next(each for each in kind if each != "null"), named) | None
    if isinstance(kind, str):
        return _CLASSES.get(kind) or named[kind]
    match kind["type"]:
        case "record":
            fields: list[Any] = [(f["name"], _class(f["type"], named)) for f in kind["fields"]]
            fields += [("encoded", str | None, None)] if kind.get("hookline") == "kept" else []
            cls = named[kind["name"]] = msgspec.defstruct(kind["name"], fields)
            return cls
        case "array":
            return list[_class(kind["items"], named)]
        case "map":
            return dict[str, _class(kind["values"], named)]
        case simple:
            return _CLASSES[simple]


def as_value(record: Any) -> Any:
    """What a record holds, as Avro's libraries take and give it: records as dicts."""
    if isinstance(record, msgspec.Struct):
        values = msgspec.structs.asdict(record)
        return {name: as_value(each) for name, each in values.items() if name != "encoded"}
    if isinstance(record, dict):
        return {key: as_value(each) for key, each in record.items()}  # pyright: ignore
    return [as_value(each) for each in record] if isinstance(record, list) else record  # pyright: ignore
