"""Some fields of records are read as they stand in the whole ones."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.avro.decoder import NotDecodable
from app.avro.generated import SchemaNotSupported
from app.avro.projection import compile_projection
from tests.unit.avro.any_schema import schemas_and_values
from tests.unit.avro.test_decoder import TEXT_AND_TIME, written

THOROUGH = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
READ = ("string", "int", "long", "boolean")


def paths(schema: Any, start: str = "") -> list[str]:
    """Those of values that can be projected."""
    found: list[str] = []
    for field in schema["fields"]:
        kind = field["type"]
        if isinstance(kind, list):
            [kind] = [one for one in kind if one != "null"]
        at = f"{start}.{field['name']}".lstrip(".")
        of = kind["type"] if isinstance(kind, dict) else kind
        if of == "record":
            found += paths(kind, at)
        elif of in READ:
            found.append(at)
    return found


def value_at(value: Any, path: str) -> Any:
    for name in path.split("."):
        value = None if value is None else value[name]
    return value


@THOROUGH
@given(schemas_and_values(), st.data())
def test_what_fastavro_wrote_is_read(
    schema_and_value: tuple[dict[str, Any], Any], data: st.DataObject
) -> None:
    schema, value = schema_and_value
    there = paths(schema)
    if there:
        asked = data.draw(st.lists(st.sampled_from(there), min_size=1, unique=True))
        project = compile_projection(schema, asked, skip=3)
        expected = tuple(value_at(value, path) for path in asked)
        assert project(b"abc" + written(schema, value)) == expected


@THOROUGH
@given(schemas_and_values(), st.data())
def test_bytes_that_are_cut_off_or_any_at_all_do_no_harm(
    schema_and_value: tuple[dict[str, Any], Any], data: st.DataObject
) -> None:
    schema, value = schema_and_value
    there = paths(schema)
    if there:
        project = compile_projection(schema, there)
        whole = written(schema, value)
        cut = whole[: data.draw(st.integers(0, len(whole)))]
        for attempt in (cut, data.draw(st.binary(max_size=40))):
            with suppress(NotDecodable):
                assert len(project(attempt)) == len(there)


def test_what_lacks_a_wanted_field_is_refused() -> None:
    whole = written(TEXT_AND_TIME, {"text": "some text", "at": 1})
    project = compile_projection(TEXT_AND_TIME, ["text"])
    assert project(whole) == ("some text",)
    with pytest.raises(NotDecodable, match="are no R"):
        project(whole[:5])


@pytest.mark.parametrize("bits", range(64))
def test_integers_of_every_length(bits: int) -> None:
    project = compile_projection(TEXT_AND_TIME, ["text", "at"])
    for at in ((1 << bits) - 1, -(1 << bits), (1 << bits) - 1 - (1 << bits) // 3):
        assert project(written(TEXT_AND_TIME, {"text": "", "at": at})) == ("", at)


def test_a_path_has_to_be_there() -> None:
    with pytest.raises(KeyError, match="nothing"):
        compile_projection(TEXT_AND_TIME, ["text", "nothing"])


def test_of_some_types_nothing_is_read() -> None:
    schema = {"type": "record", "name": "R", "fields": [{"name": "b", "type": "bytes"}]}
    with pytest.raises(SchemaNotSupported):
        compile_projection(schema, ["b"])
