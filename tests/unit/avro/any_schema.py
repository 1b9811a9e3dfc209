"""Schemas of every type that events and rows use, and values for them (hypothesis)."""

from __future__ import annotations

from itertools import count
from types import SimpleNamespace
from typing import Any

from hypothesis import strategies as st

Schema = dict[str, Any]

LONGS = st.integers(-(2**63), 2**63 - 1) | st.integers(-70, 20_000)
TIMES = LONGS | st.integers(1 << 40, 1 << 56)
TEXTS = st.text(max_size=40) | st.sampled_from(["", "a" * 63, "a" * 64, "é" * 32, "語" * 3000])
BYTES = st.binary(max_size=100) | st.sampled_from([b"\xff" * 8191, b"\0" * 8192])
TIME = {"type": "long", "logicalType": "timestamp-micros"}
SCALARS: list[tuple[Any, st.SearchStrategy[Any]]] = [
    ("string", TEXTS),
    ({"type": "string", "hookline": "id"}, TEXTS),
    ("bytes", BYTES),
    ("int", st.integers(-(2**31), 2**31 - 1)),
    ("long", LONGS),
    (TIME, TIMES),
    ("double", st.floats(allow_nan=False) | st.integers(-1000, 1000)),
    ("float", st.floats(width=32, allow_nan=False)),
    ("boolean", st.booleans()),
]
SCALAR = st.sampled_from([kind for kind, _ in SCALARS])
FORM = st.sampled_from(["plain"] * 4 + ["enum", "array", "map", "record"])
NULLABLE = st.sampled_from(["", "null first", "null second"])
REMEMBERED = st.sampled_from([{}, {"hookline": "repeated"}, {"hookline": "kept"}])
SIZE = st.integers(0, 3)


@st.composite
def schemas_and_values(draw: st.DrawFn) -> tuple[Schema, Any]:
    """A record's schema and a value of it, records as dicts."""
    schema = _record(draw, 3, count())
    return schema, _value(draw, schema)


def _record(draw: st.DrawFn, depth: int, numbers: Any) -> Schema:
    fields = [
        {"name": f"f{n}", "type": _type(draw, depth - 1, numbers)} for n in range(draw(SIZE) + 1)
    ]
    name = f"R{next(numbers)}"
    return {"type": "record", "name": name, "namespace": "some.where", "fields": fields}


def _type(draw: st.DrawFn, depth: int, numbers: Any) -> Any:
    match draw(FORM) if depth else "plain":
        case "enum":
            symbols = [f"S{n}" for n in range(draw(SIZE) + 1)]
            kind: Any = {"type": "enum", "name": f"E{next(numbers)}", "symbols": symbols}
        case "array":
            kind = {"type": "array", "items": _type(draw, depth - 1, numbers)}
        case "map":
            kind = {"type": "map", "values": _type(draw, depth - 1, numbers)}
        case "record":
            kind = _record(draw, depth, numbers) | draw(REMEMBERED)
        case _:
            kind = draw(SCALAR)
    match draw(NULLABLE):
        case "null first":
            return ["null", kind]
        case "null second":
            return [kind, "null"]
        case _:
            return kind


def _value(draw: st.DrawFn, kind: Any) -> Any:
    if isinstance(kind, list):
        return None if draw(st.booleans()) else _value(draw, _not_null(kind))
    match kind["type"] if isinstance(kind, dict) else kind:
        case "record":
            return {field["name"]: _value(draw, field["type"]) for field in kind["fields"]}
        case "array":
            return [_value(draw, kind["items"]) for _ in range(draw(SIZE))]
        case "map":
            return {draw(TEXTS): _value(draw, kind["values"]) for _ in range(draw(SIZE))}
        case "enum":
            return draw(st.sampled_from(kind["symbols"]))
        case _:
            return draw(next(values for each, values in SCALARS if each == kind))


def _not_null(branches: list[Any]) -> Any:
    return next(branch for branch in branches if branch != "null")


def as_object(kind: Any, value: Any) -> Any:
    """A value with every record in it as an object with attributes."""
    if value is None:
        return None
    if isinstance(kind, list):
        return as_object(_not_null(kind), value)
    match kind["type"] if isinstance(kind, dict) else kind:
        case "record":
            pairs = ((f["name"], as_object(f["type"], value[f["name"]])) for f in kind["fields"])
            return SimpleNamespace(**dict(pairs), encoded=None)
        case "array":
            return [as_object(kind["items"], each) for each in value]
        case "map":
            return {key: as_object(kind["values"], each) for key, each in value.items()}
        case _:
            return value
