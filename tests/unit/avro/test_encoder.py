"""The generated encoders write what Avro's libraries write, and refuse what is not meant."""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import Any

import avro.io
import avro.schema
import fastavro
import pytest
from hypothesis import HealthCheck, given, settings
from msgspec import UNSET

from app.avro.encoder import MADE, NotEncodable, SchemaNotSupported, compile_encoder
from tests.unit.avro.any_schema import as_object, schemas_and_values

THOROUGH = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def record(*fields: Any, **more: Any) -> dict[str, Any]:
    named = [{"name": f"f{n}", "type": kind} for n, kind in enumerate(fields)]
    return {"type": "record", "name": "R", "fields": named, **more}


def encode(kind: Any, value: object) -> bytes:
    return compile_encoder(record(kind))(SimpleNamespace(f0=value))


def by_fastavro(schema: dict[str, Any], value: object) -> bytes:
    out = io.BytesIO()
    fastavro.schemaless_writer(out, fastavro.parse_schema(schema), value)
    return out.getvalue()


def by_apache(schema: dict[str, Any], value: object) -> bytes:
    out = io.BytesIO()
    bare = avro.schema.make_avsc_object(_without_logical_types(schema))
    avro.io.DatumWriter(bare).write(value, avro.io.BinaryEncoder(out))
    return out.getvalue()


def _without_logical_types(kind: Any) -> Any:
    """Apache's writer takes datetimes where a logical type says time; the bytes are the long's."""
    if isinstance(kind, dict):
        return {k: _without_logical_types(v) for k, v in kind.items() if k != "logicalType"}
    return [_without_logical_types(each) for each in kind] if isinstance(kind, list) else kind


@THOROUGH
@given(schemas_and_values())
def test_bytes_are_those_of_fastavro(schema_and_value: tuple[dict[str, Any], Any]) -> None:
    schema, value = schema_and_value

    assert compile_encoder(schema)(as_object(schema, value)) == by_fastavro(schema, value)


@THOROUGH
@given(schemas_and_values())
def test_bytes_are_those_of_apache_avro(schema_and_value: tuple[dict[str, Any], Any]) -> None:
    schema, value = schema_and_value

    assert compile_encoder(schema)(as_object(schema, value)) == by_apache(schema, value)


def test_unset_is_null() -> None:
    assert encode(["null", "string"], UNSET) == encode(["null", "string"], None) == b"\0"


def test_a_named_type_may_be_used_again() -> None:
    inner = {"type": "record", "name": "In", "fields": [{"name": "x", "type": "string"}]}
    schema = record(inner, ["null", "In"], {"type": "array", "items": "R.In"}, namespace="R")
    one = SimpleNamespace(x="one")
    value = SimpleNamespace(f0=one, f1=one, f2=(one, one))
    plain = {"f0": {"x": "one"}, "f1": {"x": "one"}, "f2": [{"x": "one"}, {"x": "one"}]}

    assert compile_encoder(schema)(value) == by_fastavro(schema, plain)


def test_a_repeated_object_is_encoded_once_and_no_other_is_taken_for_it() -> None:
    inner = record("string", name="Repeated", hookline="repeated")
    encode = compile_encoder(record(inner, ["null", "Repeated"]))

    shared = SimpleNamespace(f0="a")
    first = encode(SimpleNamespace(f0=shared, f1=shared))
    assert first == b"\2a\2\2a"
    assert encode(SimpleNamespace(f0=shared, f1=None)) == b"\2a\0"
    for n in range(2 * MADE):
        text = f"{n:04}"
        assert encode(SimpleNamespace(f0=SimpleNamespace(f0=text), f1=None))[1:-1] == text.encode()


def test_what_is_kept_of_an_object_is_used_until_it_is_set_back() -> None:
    inner = record("string", name="Kept", hookline="kept")
    encode = compile_encoder(record(inner))

    one = SimpleNamespace(f0="a", encoded=None)
    assert encode(SimpleNamespace(f0=one)) == b"\2a"
    one.f0 = "b"
    assert encode(SimpleNamespace(f0=one)) == b"\2a"
    one.encoded = None
    assert encode(SimpleNamespace(f0=one)) == b"\2b"


def test_a_head_precedes_what_is_written() -> None:
    head = b"\0\xff{'\\"

    assert compile_encoder(record("string"), head)(SimpleNamespace(f0="a")) == head + b"\2a"


def test_bytes_may_be_a_bytearray() -> None:
    assert encode("bytes", bytearray(b"\0\xff")) == encode("bytes", b"\0\xff")


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("string", 1),
        ("string", None),
        ("string", b"text"),
        (["null", "string"], 0),
        (["null", "string"], False),
        ("bytes", "text"),
        ("long", True),
        ("long", 1.0),
        ("long", "1"),
        ("boolean", 1),
        ("double", "1"),
        ({"type": "array", "items": "string"}, "text"),
        ({"type": "array", "items": "string"}, [None]),
        ({"type": "map", "values": "string"}, []),
        ({"type": "map", "values": "string"}, {1: "a"}),
        ({"type": "enum", "name": "E", "symbols": ["A"]}, "B"),
    ],
)
def test_a_value_of_another_type_is_refused_with_its_path(kind: Any, value: object) -> None:
    with pytest.raises(NotEncodable, match=r"^R\.f0.* cannot hold "):
        encode(kind, value)


def test_the_path_of_a_wrong_value_leads_through_named_types() -> None:
    inner = {"type": "record", "name": "In", "fields": [{"name": "x", "type": "string"}]}
    schema = record(
        ["null", inner], "In", {"type": "map", "values": {"type": "array", "items": "In"}}
    )
    good, bad = SimpleNamespace(x="a"), SimpleNamespace(x=1)

    with pytest.raises(NotEncodable, match=r"^R\.f2\{\}\[\]\.x cannot hold int$"):
        compile_encoder(schema)(SimpleNamespace(f0=None, f1=good, f2={"a": [good, bad]}))


@pytest.mark.parametrize(
    ("kind", "value"), [("int", 2**31), ("long", 2**63), ("long", -(2**63) - 1)]
)
def test_an_integer_out_of_range_is_refused(kind: str, value: int) -> None:
    with pytest.raises(OverflowError):
        encode(kind, value)


@pytest.mark.parametrize(
    "kind",
    [
        ["string", "long"],
        ["null", "string", "long"],
        {"type": "fixed", "name": "F", "size": 2},
        {"type": "array", "items": "R"},
    ],
)
def test_a_schema_beyond_what_rows_and_events_use_is_refused(kind: Any) -> None:
    with pytest.raises(SchemaNotSupported, match=r"^R\.f0"):
        compile_encoder(record(kind))
