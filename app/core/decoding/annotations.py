"""Annotated Avro schemas to shapes.

The annotations (custom properties, which Avro allows) are read here and nowhere else:

on a field   "json"  the JSON key where it differs from the Avro name, or a list: the usual key
                     first, then the accepted alternatives
             "unit": "s"      JSON holds seconds, the Avro value is milliseconds
             "zero": "null"   a time of 0 means never
on a type    "hookline": "id"    a JSON string or integer, kept as a string
             "hookline": "json"  any JSON value, kept as its text
             "hookline": "repeated"  on a record: the same one stands in many bodies (a contact,
             an agent), so what is made of it is kept and used again
             "logicalType": "timestamp-micros"  every spelling of a time that `micros` takes
on the top   "drop"   JSON names that are ignored wherever they stand: secrets and credentials
             "explicit_null": true  an absent field (UNSET) differs from a null one (None)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from keyword import iskeyword
from typing import Any, cast

from app.core.decoding.shapes import (
    AnyShape,
    Body,
    Choice,
    Entries,
    Field,
    Id,
    Items,
    Number,
    Opaque,
    Record,
    Seconds,
    Shape,
    Slot,
    Text,
    Time,
    Truth,
    Whole,
)

EXTRA = "extra"
_INT = (-(2**31), 2**31 - 1)
_LONG = (-(2**63), 2**63 - 1)
_PRIMITIVES = {"null", "boolean", "int", "long", "float", "double", "bytes", "string"}


class SchemaUnusable(ValueError):
    """A schema file that does not describe a body: an error of whoever wrote it."""


def body_of(schema: Mapping[str, Any]) -> Body:
    """Read the shape of an event's body from its schema. Raises SchemaUnusable."""
    fields: list[dict[str, Any]] = schema["fields"]
    if not fields or fields[-1]["name"] != EXTRA:
        raise SchemaUnusable(f"{schema['name']}: its last field has to be {EXTRA!r}")
    record = _Reader().record({**schema, "fields": fields[:-1]}, "")
    return Body(record, tuple(schema.get("drop", ())), bool(schema.get("explicit_null", False)))


@dataclass(slots=True)
class _Reader:
    """Reads one schema; knows the records it has named so far."""

    named: dict[str, AnyShape] = field(default_factory=dict[str, AnyShape])

    def record(self, schema: Mapping[str, Any], namespace: str) -> Record:
        name = full_name(schema["name"], schema.get("namespace", namespace))
        inner = name.rpartition(".")[0]
        fields = tuple(self.field(each, name, inner) for each in schema["fields"])
        keys = [key for each in fields for key in each.json]
        if len(keys) != len(set(keys)):
            raise SchemaUnusable(f"{name}: two fields read one JSON name")
        record = Record(name, fields, frozenset(keys), schema.get("hookline") == "repeated")
        self.named[name] = record
        return record

    def field(self, schema: Mapping[str, Any], record: str, namespace: str) -> Field:
        name: str = schema["name"]
        if iskeyword(name) or not name.isidentifier() or name.startswith("_"):
            raise SchemaUnusable(f"{record}.{name}: the name cannot be an attribute of an event")
        keys: str | list[str] = schema.get("json", name)
        slot = self.slot(schema["type"], schema, namespace, f"{record}.{name}")
        return Field(
            name,
            (keys,) if isinstance(keys, str) else tuple(keys),
            slot,
            required=not slot.nullable and "default" not in schema,
            default=schema.get("default"),
        )

    def slot(self, kind: Any, field: Mapping[str, Any], namespace: str, where: str) -> Slot:
        if not isinstance(kind, list):
            return Slot(self.shape(kind, field, namespace, where), nullable=False)
        branches = cast("list[Any]", kind)
        others = [branch for branch in branches if branch != "null"]
        if len(others) != 1:
            raise SchemaUnusable(f"{where}: a union is null and one other type")
        shape = self.shape(others[0], field, namespace, where)
        return Slot(shape, nullable=len(others) < len(branches))

    def shape(  # noqa: PLR0911
        self, kind: Any, field: Mapping[str, Any], namespace: str, where: str
    ) -> AnyShape:
        schema: dict[str, Any] = {"type": kind} if isinstance(kind, str) else kind
        inner: Mapping[str, Any] = {}  # a field's annotations are for its own type, not its items'
        match schema["type"]:
            case "string":
                return _text(schema.get("hookline"), where)
            case "int":
                return Whole(*_INT)
            case "long":
                return _long(schema, field)
            case "float" | "double":
                return Number()
            case "boolean":
                return Truth()
            case "enum":
                return self.choice(schema, namespace)
            case "array":
                return Items(self.slot(schema["items"], inner, namespace, where))
            case "map":
                return Entries(self.slot(schema["values"], inner, namespace, where))
            case "record":
                return self.record(schema, namespace)
            case other:
                return self.reference(other, namespace, where)

    def choice(self, schema: Mapping[str, Any], namespace: str) -> Choice:
        shape = Choice(tuple(schema["symbols"]))
        self.named[full_name(schema["name"], schema.get("namespace", namespace))] = shape
        return shape

    def reference(self, name: Any, namespace: str, where: str) -> AnyShape:
        if not isinstance(name, str) or name in _PRIMITIVES:
            raise SchemaUnusable(f"{where}: JSON bodies hold no {name!r}")
        known = self.named.get(full_name(name, namespace))
        if known is None:
            raise SchemaUnusable(f"{where}: {name!r} is not defined before it is used")
        return known


def _text(annotation: str | None, where: str) -> Shape:
    match annotation:
        case None:
            return Text()
        case "id":
            return Id()
        case "json":
            return Opaque()
        case other:
            raise SchemaUnusable(f"{where}: hookline is id or json, not {other!r}")


def _long(schema: Mapping[str, Any], field: Mapping[str, Any]) -> Shape:
    if schema.get("logicalType") == "timestamp-micros":
        return Time(zero_is_null=field.get("zero") == "null")
    if field.get("unit") == "s":
        return Seconds()
    return Whole(*_LONG)


def full_name(name: str, namespace: str | None) -> str:
    """An Avro full name: a name with dots is one already."""
    return name if "." in name or not namespace else f"{namespace}.{name}"
