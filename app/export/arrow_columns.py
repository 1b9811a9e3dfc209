"""Rows to Arrow, column by column: types and values by the Avro schema of the table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate, chain
from types import SimpleNamespace
from typing import Any, NamedTuple

import pyarrow as pa

from app.avro.names import Schema, full_name

Values = Sequence[Any]


class _Column(NamedTuple):
    """`make` makes an array of the type of plain values, of which some may be None. `blank` is a
    value of the type, for a place in a record that is null itself, where None may not stand.
    """

    type: pa.DataType
    make: Callable[[Values], pa.Array]
    blank: Any


class _Field(NamedTuple):
    name: str
    column: _Column
    nullable: bool

    @property
    def arrow(self) -> pa.Field:
        return pa.field(self.name, self.column.type, self.nullable)

    @property
    def blank(self) -> Any:
        return None if self.nullable else self.column.blank


class Columns:
    """Of one table. A column may be null where its Avro type is a union with null."""

    def __init__(self, schema: Schema) -> None:
        self._fields = _Types().fields(schema, "")
        self.schema = pa.schema([field.arrow for field in self._fields])

    def batch(self, rows: Sequence[tuple[Any, ...]]) -> pa.RecordBatch:
        """Of rows whose values stand in the order of the columns; there is at least one."""
        columns = zip(self._fields, zip(*rows, strict=True), strict=True)
        arrays = [field.column.make(values) for field, values in columns]
        return pa.RecordBatch.from_arrays(arrays, schema=self.schema)


class _Types:
    """Knows the records that its schema has named so far."""

    def __init__(self) -> None:
        self._named: dict[str, _Column] = {}

    def fields(self, schema: Schema, namespace: str) -> list[_Field]:
        inner = full_name(schema["name"], schema.get("namespace", namespace)).rpartition(".")[0]
        return [self._field(each["name"], each["type"], inner) for each in schema["fields"]]

    def _field(self, name: str, kind: Any, namespace: str) -> _Field:
        if not isinstance(kind, list):
            return _Field(name, self._column(kind, namespace), nullable=False)
        [one] = [branch for branch in kind if branch != "null"]
        return _Field(name, self._column(one, namespace), nullable=True)

    def _column(self, kind: Any, namespace: str) -> _Column:  # noqa: PLR0911
        match kind:
            case {"type": "record"}:
                return self._record(kind, namespace)
            case {"type": "array", "items": items}:
                return _list(self._field("item", items, namespace))
            case {"type": "map", "values": values}:
                return _map(self._field("value", values, namespace))
            case {"logicalType": "timestamp-micros"}:
                return _TIME
            case {"type": "enum", "name": name}:
                self._named[full_name(name, kind.get("namespace", namespace))] = _TEXT
                return _TEXT
            case {"type": inner}:
                return self._column(inner, namespace)
            case _:
                return self._named.get(full_name(kind, namespace)) or _SCALARS[kind]

    def _record(self, schema: Schema, namespace: str) -> _Column:
        fields = self.fields(schema, namespace)
        arrow = [field.arrow for field in fields]
        blank = SimpleNamespace(**{field.name: field.blank for field in fields})

        def make(values: Values) -> pa.Array:
            there = [blank if one is None else one for one in values]
            arrays = [
                field.column.make([getattr(one, field.name) for one in there]) for field in fields
            ]
            return pa.StructArray.from_arrays(arrays, fields=arrow, mask=_nulls(values))

        column = _Column(pa.struct(arrow), make, blank)
        self._named[full_name(schema["name"], schema.get("namespace", namespace))] = column
        return column


def _scalar(type: pa.DataType, blank: Any) -> _Column:
    return _Column(type, lambda values: pa.array(values, type), blank)


_TEXT = _scalar(pa.string(), "")
_TIME = _scalar(pa.timestamp("us", tz="UTC"), 0)
_SCALARS: dict[str, _Column] = {
    "string": _TEXT,
    "bytes": _scalar(pa.binary(), b""),
    "int": _scalar(pa.int32(), 0),
    "long": _scalar(pa.int64(), 0),
    "float": _scalar(pa.float32(), 0.0),
    "double": _scalar(pa.float64(), 0.0),
    "boolean": _scalar(pa.bool_(), False),
}


def _list(item: _Field) -> _Column:
    type = pa.list_(item.arrow)

    def make(values: Values) -> pa.Array:
        items = item.column.make(list(chain.from_iterable(one or () for one in values)))
        return pa.ListArray.from_arrays(_offsets(values), items, type=type, mask=_nulls(values))

    return _Column(type, make, [])


def _map(value: _Field) -> _Column:
    type = pa.map_(pa.string(), value.arrow)

    def make(values: Values) -> pa.Array:
        there: list[dict[str, Any]] = [one or {} for one in values]
        keys = pa.array(list(chain.from_iterable(there)), pa.string())
        of_keys = value.column.make(list(chain.from_iterable(one.values() for one in there)))
        return pa.MapArray.from_arrays(
            _offsets(values), keys, of_keys, type=type, mask=_nulls(values)
        )

    return _Column(type, make, {})


def _offsets(values: Values) -> pa.Array:
    lengths: Iterable[int] = (0 if one is None else len(one) for one in values)
    return pa.array(list(accumulate(lengths, initial=0)), pa.int32())


def _nulls(values: Values) -> pa.Array:
    return pa.array([one is None for one in values], pa.bool_())
