"""What the sources of generated encoders and decoders have in common: named types, lines."""

from __future__ import annotations

from itertools import count
from typing import Any

from app.avro.names import Schema, full_name

Lines = list[str]


class SchemaNotSupported(ValueError):
    """A schema with a type that events and rows do not use."""


class Code:
    """The code of one schema, as it is written. `names` is what the code may use."""

    def __init__(self, names: dict[str, Any]) -> None:
        self.names = names
        self.named: dict[str, Schema] = {}
        self._numbers = count()

    def name(self, schema: Schema, namespace: str) -> str:
        """Note a named type, and give its full name."""
        name = full_name(schema["name"], schema.get("namespace", namespace))
        self.named[name] = schema
        return name

    def resolve(self, kind: Any, namespace: str) -> Schema:
        """The schema of a type, which may be a primitive's or a named type's name."""
        if isinstance(kind, str):
            return self.named.get(full_name(kind, namespace)) or {"type": kind}
        if not isinstance(kind["type"], str):
            return self.resolve(kind["type"], namespace)
        if kind["type"] == "enum":
            self.name(kind, namespace)
        return kind

    def nullable(self, union: list[Any], namespace: str, path: str) -> tuple[int, int, Schema]:
        """The byte that stands before null, the one before the other type, and that type's schema.
        Raises SchemaNotSupported for any other union.
        """
        first_null = null_first(union, path)
        null, other = (0, 2) if first_null else (2, 0)
        return null, other, self.resolve(union[first_null], namespace)

    def variable(self, letter: str) -> str:
        """One that nothing else is called."""
        return f"{letter}{next(self._numbers)}"


def null_first(union: list[Any], path: str) -> bool:
    """Whether null is the first branch. Raises SchemaNotSupported where it is not one of two."""
    if len(union) != 2 or "null" not in union:
        raise SchemaNotSupported(f"{path}: a union is null and one other type")
    return union[0] == "null"


def indented(lines: Lines) -> Lines:
    return [" " + line for line in lines]
