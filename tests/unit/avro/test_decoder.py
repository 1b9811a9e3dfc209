"""The generated decoders read what Avro's libraries write, and refuse what is no record."""

from __future__ import annotations

import io
from typing import Any

import fastavro
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.avro.decoder import NotDecodable, compile_decoder
from app.avro.encoder import SchemaNotSupported, compile_encoder
from tests.unit.avro.any_schema import as_object, schemas_and_values
from tests.unit.avro.record_class import as_value, record_class

THOROUGH = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
TEXT_AND_TIME = {
    "type": "record",
    "name": "R",
    "fields": [
        {"name": "text", "type": ["null", "string"]},
        {"name": "at", "type": {"type": "long", "logicalType": "timestamp-micros"}},
    ],
}


def written(schema: dict[str, Any], value: object) -> bytes:
    out = io.BytesIO()
    fastavro.schemaless_writer(out, fastavro.parse_schema(schema), value)
    return out.getvalue()


def decode(schema: dict[str, Any], data: bytes) -> Any:
    return compile_decoder(schema, record_class(schema))(data)


@THOROUGH
@given(schemas_and_values())
def test_what_fastavro_wrote_is_read(schema_and_value: tuple[dict[str, Any], Any]) -> None:
    schema, value = schema_and_value

    assert as_value(decode(schema, written(schema, value))) == value


@THOROUGH
@given(schemas_and_values())
def test_it_is_written_again_as_it_was_read(schema_and_value: tuple[dict[str, Any], Any]) -> None:
    schema, value = schema_and_value
    data = written(schema, value)
    record = decode(schema, data)

    assert compile_encoder(schema)(record) == data
    assert compile_encoder(schema)(as_object(schema, as_value(record))) == data


@THOROUGH
@given(schemas_and_values(), st.data())
def test_what_was_cut_off_is_refused(
    schema_and_value: tuple[dict[str, Any], Any], data: st.DataObject
) -> None:
    schema, value = schema_and_value
    whole = written(schema, value)

    with pytest.raises(NotDecodable, match="the bytes are no R"):
        decode(schema, whole + b"\0")
    if whole:
        length = data.draw(st.integers(0, len(whole) - 1))
        with pytest.raises(NotDecodable, match="the bytes are no R"):
            decode(schema, whole[:length])


@THOROUGH
@given(schemas_and_values(), st.data())
def test_other_bytes_are_a_record_or_refused(
    schema_and_value: tuple[dict[str, Any], Any], data: st.DataObject
) -> None:
    schema, value = schema_and_value
    changed = bytearray(written(schema, value))
    for _ in range(data.draw(st.integers(1, 3))):
        if changed:
            changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))

    try:
        record = decode(schema, bytes(changed))
    except NotDecodable:
        return
    again = decode(schema, compile_encoder(schema)(record))
    assert repr(again) == repr(record)  # a number may be none


@pytest.mark.parametrize(
    "data",
    [
        b"\4\0",  # a branch that is none
        b"\2\1\0",  # a length below 0
        b"\2\2\xff\0",  # no UTF-8
        b"\0" + b"\xff" * 9 + b"\2",  # an integer of 65 bits
        b"\0" + b"\xff" * 20 + b"\0",
    ],
)
def test_broken_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(NotDecodable):
        decode(TEXT_AND_TIME, data)


@pytest.mark.parametrize("at", [0, -1, 63, 64, 1 << 41, -(1 << 50), 1_780_315_200_000_000, 1 << 62])
def test_a_time_is_read_however_often_its_like_was(at: int) -> None:
    for _ in range(3):
        assert decode(TEXT_AND_TIME, written(TEXT_AND_TIME, {"text": None, "at": at})).at == at


def test_items_may_come_in_blocks_with_a_size() -> None:
    schema = {"type": "array", "items": "string"}
    record = {"type": "record", "name": "R", "fields": [{"name": "a", "type": schema}]}

    read = decode(record, b"\2\2a" + b"\1\4\2b" + b"\4\2c\2d" + b"\0")

    assert read.a == ["a", "b", "c", "d"]


def test_bytes_before_the_record_are_passed_over() -> None:
    cls = record_class(TEXT_AND_TIME)

    assert compile_decoder(TEXT_AND_TIME, cls, 5)(b"12345\0\2").at == 1


def test_a_kept_object_that_stands_again_is_the_same_and_keeps_what_it_was_read_from() -> None:
    kept = {
        "type": "record",
        "name": "Kept",
        "hookline": "kept",
        "fields": [{"name": "x", "type": "string"}],
    }
    fields = [
        {"name": "first", "type": {"type": "array", "items": kept}},
        {"name": "last", "type": ["null", "Kept"]},
        {"name": "again", "type": {"type": "array", "items": "Kept"}},
    ]
    schema = {"type": "record", "name": "R", "fields": fields}
    a, b, c = ({"x": x} for x in "abc")

    read = decode(schema, written(schema, {"first": [a, b], "last": b, "again": [c, a, c, b]}))

    assert read.last is read.first[1]
    assert [one.x for one in read.again] == ["c", "a", "c", "b"]
    assert read.again[1] is read.first[0]
    assert read.again[3] is read.first[1]
    assert [one.encoded for one in read.again] == ["\2c", "\2a", "\2c", "\2b"]


def test_a_class_without_one_of_the_fields_is_refused() -> None:
    class Other(msgspec.Struct):
        text: str | None

    with pytest.raises(SchemaNotSupported, match=r"^R\.at: Other has no field"):
        compile_decoder(TEXT_AND_TIME, Other)


def test_a_class_with_a_field_of_another_type_is_refused() -> None:
    class Other(msgspec.Struct):
        text: str | None
        at: float

    with pytest.raises(SchemaNotSupported, match=r"^R\.at: 'long' as <class 'float'>"):
        compile_decoder(TEXT_AND_TIME, Other)
