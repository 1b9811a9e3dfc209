"""Schemas walked: their fields by path, their named types, their defaults."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.avro.names import Schema, full_name

Named = dict[str, dict[str, Any]]

_SIMPLE: dict[str, tuple[type, ...]] = {
    "null": (type(None),),
    "boolean": (bool,),
    "int": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "bytes": (str,),
    "string": (str,),
}


def branches(kind: Any) -> list[Any]:
    """A union's types; any other type alone."""
    return kind if isinstance(kind, list) else [kind]


def as_object(kind: Any) -> dict[str, Any]:
    """A single type as an object; {"type": {"type": …}} is the inner one."""
    if isinstance(kind, str):
        return {"type": kind}
    return as_object(kind["type"]) if isinstance(kind["type"], dict) else kind


def fields(schema: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every field of a schema and of the records in it, by dotted path. `[]` and `{}` stand for
    the items of arrays and the values of maps.
    """
    yield from _fields(schema, "", "", {}, ())


def _fields(
    schema: Any, path: str, namespace: str, named: Named, within: tuple[str, ...]
) -> Iterator[tuple[str, dict[str, Any]]]:
    for branch in branches(schema):
        kind = as_object(branch)
        kind = named.get(full_name(kind["type"], namespace), kind)
        match kind["type"]:
            case "array":
                yield from _fields(kind["items"], f"{path}[]", namespace, named, within)
            case "map":
                yield from _fields(kind["values"], f"{path}{{}}", namespace, named, within)
            case "record":
                name = full_name(kind["name"], kind.get("namespace", namespace))
                if name in within:
                    continue  # it holds itself
                inner = name.rpartition(".")[0]
                named[name] = {**kind, "namespace": inner}
                for field in kind["fields"]:
                    at = f"{path}.{field['name']}".lstrip(".")
                    yield at, field
                    yield from _fields(field["type"], at, inner, named, (*within, name))
            case _:
                pass


class Defaults:
    """Judges defaults: Avro's libraries accept most, and fail or lie when one is needed."""

    def __init__(self, schema: Schema) -> None:
        self._named: Named = {}
        self._name(schema, "")

    def _name(self, schema: Any, namespace: str) -> None:
        for kind in map(as_object, branches(schema)):
            inner = namespace
            if "name" in kind:
                name = full_name(kind["name"], kind.get("namespace", namespace))
                self._named[name] = self._named[kind["name"]] = kind
                inner = name.rpartition(".")[0]
            for part in (*kind.get("fields", ()), kind.get("items"), kind.get("values")):
                if part is not None:
                    is_field = isinstance(part, dict) and "name" in part and "fields" not in part
                    self._name(part["type"] if is_field else part, inner)

    def fits(self, default: Any, kind: Any) -> bool:
        """Whether a JSON value can stand for a value of a type (of a union's first)."""
        of = as_object(branches(kind)[0])
        of = self._named.get(of["type"], of)
        match of["type"]:
            case "array":
                return isinstance(default, list) and all(self.fits(v, of["items"]) for v in default)
            case "map":
                return isinstance(default, dict) and all(
                    self.fits(v, of["values"]) for v in default.values()
                )
            case "enum":
                return default in of["symbols"]
            case "record":
                return isinstance(default, dict) and all(
                    self.fits(default[f["name"]], f["type"])
                    if f["name"] in default
                    else "default" in f
                    for f in of["fields"]
                )
            case simple:
                return type(default) in _SIMPLE[simple]
