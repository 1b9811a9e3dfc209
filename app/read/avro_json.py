"""Records as JSON by their Avro schema: the schema's names, times as ISO text, bytes as hex."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import UNSET

from app.avro.names import full_name
from app.core.webhook import iso

Plain = str | int | float | bool | list["Plain"] | dict[str, "Plain"] | None
Schema = Mapping[str, Any]
ToJson = Callable[[Any], Plain]


class RecordJson:
    """Of the records of one schema: objects whose attributes have the fields' names. A field that
    is UNSET was not said, and is left out.
    """

    def __init__(self, schema: Schema) -> None:
        writers = _Writers()
        self._fields = writers.fields(schema, "")

    def of(self, record: object, *, without: tuple[str, ...] = ()) -> dict[str, Plain]:
        """Its fields in the schema's order, but for those `without`."""
        return {
            name: write(value)
            for name, write in self._fields
            if name not in without and (value := getattr(record, name)) is not UNSET
        }


class _Writers:
    """What makes JSON of each type of one schema; knows the records it has named so far."""

    def __init__(self) -> None:
        self._named: dict[str, ToJson] = {}

    def fields(self, schema: Schema, namespace: str) -> list[tuple[str, ToJson]]:
        inner = full_name(schema["name"], schema.get("namespace", namespace)).rpartition(".")[0]
        return [(field["name"], self._of(field["type"], inner)) for field in schema["fields"]]

    def _of(self, kind: Any, namespace: str) -> ToJson:
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
                return _scalar(kind)

    def _record(self, schema: Schema, namespace: str) -> ToJson:
        fields = self.fields(schema, namespace)

        def write(record: object) -> Plain:
            return {
                name: write(value)
                for name, write in fields
                if (value := getattr(record, name)) is not UNSET
            }

        self._named[full_name(schema["name"], schema.get("namespace", namespace))] = write
        return write


def _scalar(kind: Any) -> ToJson:
    match kind:
        case {"logicalType": "timestamp-micros"}:
            return iso
        case "bytes" | {"type": "bytes"}:
            return lambda value: value.hex()
        case _:
            return lambda value: value


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
