"""Example values of a schema: as little as it allows, and as much."""

from __future__ import annotations

from typing import Any

from app.avro.names import Schema, full_name

_LITTLE = {
    "null": None,
    "boolean": False,
    "int": 0,
    "long": 0,
    "float": 0.0,
    "double": 0.0,
    "bytes": b"",
    "string": "",
}
_MUCH = {
    "null": None,
    "boolean": True,
    "int": 2**31 - 1,
    "long": 1_774_463_400_123,
    "float": 1.5,
    "double": -1.5,
    "bytes": b"\0\xff",
    "string": "é",
}


def examples(schema: Schema) -> list[Any]:
    """Values of a record: all null and empty; all filled with the first branch that is not null."""
    return [_value(schema, much, {}, "") for much in (False, True)]


def _value(kind: Any, much: bool, named: dict[str, Any], namespace: str) -> Any:  # noqa: PLR0911
    if isinstance(kind, list):
        others = [branch for branch in kind if branch != "null"]
        nothing = "null" in kind and not much
        return None if nothing else _value(others[0], much, named, namespace)
    if isinstance(kind, str):
        scalars = _MUCH if much else _LITTLE
        if kind in scalars:
            return scalars[kind]
        return _value(named[full_name(kind, namespace)], much, named, namespace)
    match kind["type"]:
        case "record":
            name = full_name(kind["name"], kind.get("namespace", namespace))
            named[name] = kind
            inner = name.rpartition(".")[0]
            return {f["name"]: _value(f["type"], much, named, inner) for f in kind["fields"]}
        case "enum":
            named[full_name(kind["name"], kind.get("namespace", namespace))] = kind
            return kind["symbols"][-1 if much else 0]
        case "array":
            return [_value(kind["items"], much, named, namespace)] if much else []
        case "map":
            return {"é": _value(kind["values"], much, named, namespace)} if much else {}
        case other:
            return _value(other, much, named, namespace)
