"""Where a value is not of its field's type: asked only when an encoder has failed on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import UNSET

from app.avro.fields import branches
from app.avro.names import Schema, full_name

_CLASSES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "bytes": (bytes, bytearray),
    "int": (int,),
    "long": (int,),
    "float": (float, int),
    "double": (float, int),
    "boolean": (bool,),
    "array": (list, tuple),
    "map": (dict,),
}


class NotEncodable(TypeError):
    """A value that is not of its field's type."""


def refuse(schema: Schema, value: object) -> None:
    """Raises NotEncodable with the path of the first value that is of another type."""
    for path, wrong in _wrong(schema, value, "", schema["name"], dict(_named(schema, ""))):
        raise NotEncodable(f"{path} cannot hold {type(wrong).__name__}")


def _named(kind: Any, namespace: str) -> Iterator[tuple[str, Schema]]:
    """Every named type in a schema, with the namespace that holds within it."""
    for of in branches(kind):
        if isinstance(of, dict):
            inner = namespace
            if "name" in of:
                name = full_name(of["name"], of.get("namespace", namespace))
                inner = name.rpartition(".")[0]
                yield name, {**of, "namespace": inner}
            parts = [field["type"] for field in of.get("fields", ())]
            for part in (*parts, of.get("items"), of.get("values"), of["type"]):
                yield from _named(part, inner)


def _wrong(
    kind: Any, value: Any, namespace: str, path: str, named: dict[str, Schema]
) -> Iterator[tuple[str, object]]:
    """The path and value of each that is wrong."""
    if isinstance(kind, list):
        if value is not None and value is not UNSET:
            yield from _wrong(kind[kind[0] == "null"], value, namespace, path, named)
        return
    of = {"type": kind} if isinstance(kind, str) else kind
    of = named.get(full_name(of.get("name", of["type"]), namespace), of)
    match of["type"]:
        case "record":
            for field in of["fields"]:
                at, each = f"{path}.{field['name']}", getattr(value, field["name"])
                yield from _wrong(field["type"], each, of.get("namespace", namespace), at, named)
        case "enum":
            if type(value) is not str or value not in of["symbols"]:
                yield path, value
        case str(simple):
            if type(value) in _CLASSES[simple]:
                yield from _wrong_items(of, value, namespace, path, named)
            else:
                yield path, value
        case inner:
            yield from _wrong(inner, value, namespace, path, named)


def _wrong_items(
    of: Schema, value: Any, namespace: str, path: str, named: dict[str, Schema]
) -> Iterator[tuple[str, object]]:
    if of["type"] == "array":
        for each in value:
            yield from _wrong(of["items"], each, namespace, f"{path}[]", named)
    elif of["type"] == "map":
        for key, each in value.items():
            yield from _wrong("string", key, namespace, path, named)
            yield from _wrong(of["values"], each, namespace, f"{path}{{}}", named)
