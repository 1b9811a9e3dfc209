"""Values of `events.*` and `state.*` as objects with attributes, whatever version wrote them."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

import msgspec

from app.avro.decoder import compile_decoder
from app.avro.names import Schema, full_name
from app.avro.published import Published
from app.avro.reading import value_reader
from app.avro.repository import SchemaFile
from app.avro.wire import HEAD, head
from app.errors import UserError

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


class NotReadable(Exception):
    """A value that is none of its schema."""


class Records:
    """Records of one table or event. They are read through its latest schema: what an older version
    had not is as that says.
    """

    def __init__(self, published: Published, file: SchemaFile) -> None:
        self._class = record_class(file.schema)
        locked = published.lock.by_name.get(file.name)
        self._head = None if locked is None else head(locked.id)
        self._decode = compile_decoder(_not_kept(file.schema), self._class, HEAD)
        self._other = value_reader(published, file.schema)

    def read(self, value: bytes) -> Any:
        """Raises NotReadable whatever the bytes are: somebody else may have written them."""
        try:
            if self._head is not None and value.startswith(self._head):
                return self._decode(value)
            return msgspec.convert(self._other(value), self._class)
        except UserError:
            raise  # a registry that is away
        except Exception as error:
            raise NotReadable(f"{type(error).__name__}: {error}") from error


def values_of(schema: Schema, without: tuple[str, ...] = ()) -> Callable[[Any], tuple[Any, ...]]:
    """What gives the values of such a record, in the order of the schema."""
    names = [field["name"] for field in schema["fields"] if field["name"] not in without]
    if len(names) == 1:
        one = attrgetter(*names)
        return lambda record: (one(record),)
    return attrgetter(*names)


def record_class(schema: Schema) -> type[Any]:
    """A Struct with the schema's fields."""
    return _class(schema, "", {})


def _class(kind: Any, namespace: str, named: dict[str, Any]) -> Any:
    if isinstance(kind, list):
        [one] = [_class(branch, namespace, named) for branch in kind if branch != "null"]
        return one | None
    if isinstance(kind, str):
        return _CLASSES.get(kind) or named[full_name(kind, namespace)]
    match kind["type"]:
        case "record":
            name = full_name(kind["name"], kind.get("namespace", namespace))
            inner = name.rpartition(".")[0]
            fields = [(each["name"], _class(each["type"], inner, named)) for each in kind["fields"]]
            named[name] = msgspec.defstruct(kind["name"], fields, gc=False)
            return named[name]
        case "array":
            return list[_class(kind["items"], namespace, named)]
        case "map":
            return dict[str, _class(kind["values"], namespace, named)]
        case other:
            return _class(other, namespace, named)


def _not_kept(kind: Any) -> Any:
    """Without the mark of records that keep what they were read from: nothing is written here."""
    if isinstance(kind, dict):
        return {
            name: _not_kept(value)
            for name, value in kind.items()
            if not (name == "hookline" and value == "kept")
        }
    return [_not_kept(one) for one in kind] if isinstance(kind, list) else kind
