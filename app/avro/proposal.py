"""The next version of an event's schema, proposed from fields that a vendor sends and it does not
know. Somebody who has read the vendor's page has the last word.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from copy import deepcopy
from keyword import iskeyword
from typing import Any

from app.avro.names import Schema
from app.core.decoding.annotations import EXTRA

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NO_NAME = re.compile(r"[^A-Za-z0-9_]+")
_TIME = re.compile(r'"\d{4}-\d\d-\d\d[T ]\d\d:\d\d')
_SAID = {"string": "string", "boolean": "boolean", "number": "double"}


def proposed(schema: Schema, path: str, types: Collection[str], example: str) -> dict[str, Any]:
    """The schema with one more field, null where it is not sent. `path` is dotted, `[]` for any
    item of an array; `types` the JSON types it had, `example` the JSON text of one value. Raises
    KeyError where the schema has no place for it.
    """
    next = deepcopy(dict(schema))
    *folders, leaf = path.split(".")
    fields = _fields(next, folders)
    added = _field(leaf, types, example, {field["name"] for field in fields})
    at = len(fields) - 1 if fields and fields[-1]["name"] == EXTRA else len(fields)
    fields.insert(at, added)
    return next


def _fields(schema: dict[str, Any], path: list[str]) -> list[dict[str, Any]]:
    """Those of the record that a path leads to."""
    named = {record["name"]: record for record in _records(schema)}
    fields: list[dict[str, Any]] = schema["fields"]
    for part in path:
        name = part.removesuffix("[]")
        field = next((one for one in fields if name in _json_names(one)), None)
        record = None if field is None else _record_in(field["type"], named)
        if record is None:
            raise KeyError(f"{schema['name']} has no object {'.'.join(path)}")
        fields = record["fields"]
    return fields


def _json_names(field: dict[str, Any]) -> list[str]:
    said = field.get("json", field["name"])
    return [said] if isinstance(said, str) else said


def _record_in(kind: Any, named: dict[str, dict[str, Any]]) -> dict[str, Any] | None:
    match kind:
        case list():
            found = (_record_in(branch, named) for branch in kind)
            return next((one for one in found if one is not None), None)
        case {"type": "record"}:
            return kind
        case {"type": "array", "items": items}:
            return _record_in(items, named)
        case str():
            return named.get(kind.rpartition(".")[2])
        case _:
            return None


def _records(kind: Any) -> Iterator[dict[str, Any]]:
    match kind:
        case list():
            for branch in kind:
                yield from _records(branch)
        case {"type": "record", "fields": fields}:
            yield kind
            for field in fields:
                yield from _records(field["type"])
        case {"type": "array", "items": within} | {"type": "map", "values": within}:
            yield from _records(within)
        case _:
            return


def _field(leaf: str, types: Collection[str], example: str, taken: set[str]) -> dict[str, Any]:
    said = leaf.removesuffix("[]")
    name = _NO_NAME.sub("_", _HUMP.sub("_", said)).lower().strip("_") or "field"
    if name[0].isdigit():
        name = f"field_{name}"
    while name in taken or iskeyword(name):
        name += "_"
    called = {} if name == said else {"json": said}
    return {"name": name, **called, "type": ["null", _type(name, types, example)], "default": None}


def _type(name: str, types: Collection[str], example: str) -> Any:
    known = set(types) - {"null"}
    if (name == "id" or name.endswith("_id")) and known <= {"string", "number"}:
        return {"type": "string", "hookline": "id"}
    if len(known) != 1 or not known <= _SAID.keys():
        return {"type": "string", "hookline": "json"}
    [one] = known
    if one == "string" and _TIME.match(example):
        return {"type": "long", "logicalType": "timestamp-micros"}
    if one == "number" and _is_whole(example):
        return "long"
    return _SAID[one]


def _is_whole(example: str) -> bool:
    try:
        return isinstance(json.loads(example), int)
    except ValueError:
        return False
