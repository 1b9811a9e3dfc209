"""Records as JSON by their Avro schema: the schema's names, times as ISO text, bytes as hex."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import UNSET

from app.avro.names import full_name
from app.core.times import micros
from app.core.webhook import iso

Plain = str | int | float | bool | list["Plain"] | dict[str, "Plain"] | None
Schema = Mapping[str, Any]
Made = Callable[[Any], Any]


class RecordJson:
    """Of the records of one schema: objects whose attributes have the fields' names. A field that
    is UNSET was not said, and is left out.
    """

    def __init__(self, schema: Schema) -> None:
        self._written = _Leaves(time=iso, data=_hex, get=getattr).fields(schema, "")
        self._read = _Leaves(time=micros, data=bytes.fromhex, get=_said).fields(schema, "")

    def of(self, record: object, *, without: tuple[str, ...] = ()) -> dict[str, Plain]:
        """Its fields in the schema's order, but for those `without`."""
        return {
            name: make(value)
            for name, make in self._written
            if name not in without and (value := getattr(record, name)) is not UNSET
        }

    def read(self, json: Mapping[str, Plain]) -> dict[str, Any]:
        """The fields of such a record, times in microseconds. Raises ValueError or TypeError where
        they are of another type.
        """
        return {name: make(json[name]) for name, make in self._read if name in json}


def _hex(value: bytes | bytearray) -> str:
    return value.hex()


def _said(record: Mapping[str, Plain], name: str) -> Any:
    return record.get(name, UNSET)


class _Leaves:
    """What makes one form of a value of the other, by its type; knows the records that its schema
    has named so far. `get` is how a record of the form that is taken has its fields.
    """

    def __init__(self, *, time: Made, data: Made, get: Callable[[Any, str], Any]) -> None:
        self._time = time
        self._data = data
        self._get = get
        self._named: dict[str, Made] = {}

    def fields(self, schema: Schema, namespace: str) -> list[tuple[str, Made]]:
        inner = full_name(schema["name"], schema.get("namespace", namespace)).rpartition(".")[0]
        return [(field["name"], self._of(field["type"], inner)) for field in schema["fields"]]

    def _of(self, kind: Any, namespace: str) -> Made:
        match kind:
            case list():
                [one] = [self._of(branch, namespace) for branch in kind if branch != "null"]
                return lambda value: None if value is None else one(value)
            case {"type": "record"}:
                return self._record(kind, namespace)
            case {"type": "array", "items": items}:
                each = self._of(items, namespace)
                return lambda value: [each(one) for one in value]
            case {"type": "map", "values": values}:
                each = self._of(values, namespace)
                return lambda value: {name: each(one) for name, one in value.items()}
            case str() if (named := self._named.get(full_name(kind, namespace))) is not None:
                return named
            case _:
                return self._scalar(kind)

    def _scalar(self, kind: Any) -> Made:
        match kind:
            case {"logicalType": "timestamp-micros"}:
                return self._time
            case "bytes" | {"type": "bytes"}:
                return self._data
            case _:
                return lambda value: value

    def _record(self, schema: Schema, namespace: str) -> Made:
        fields, get = self.fields(schema, namespace), self._get

        def make(record: Any) -> dict[str, Any]:
            return {
                name: make(value)
                for name, make in fields
                if (value := get(record, name)) is not UNSET
            }

        self._named[full_name(schema["name"], schema.get("namespace", namespace))] = make
        return make


def blank(schema: Schema) -> dict[str, Plain]:
    """A record of which nothing has been said: null, 0, empty."""
    return {field["name"]: _nothing(field["type"]) for field in schema["fields"]}


def _nothing(kind: Any) -> Plain:
    match kind:
        case {"type": "record"}:
            return blank(kind)
        case {"type": "array"}:
            return []
        case {"type": "map"}:
            return {}
        case "int" | "long":
            return 0
        case _:
            return None
