"""What a new version may change, and what it may not."""

from __future__ import annotations

from typing import Any

import pytest

from app.avro.compatible import changed_meaning, incompatible, invalid

ENUM = {"type": "enum", "name": "E", "symbols": ["A", "B"]}
SMALLER = {"type": "enum", "name": "E", "symbols": ["A"]}


def field(name: str, kind: Any, **more: Any) -> dict[str, Any]:
    return {"name": name, "type": kind, **more}


def record(*fields: dict[str, Any], name: str = "R", **more: Any) -> dict[str, Any]:
    return {"type": "record", "name": name, "fields": list(fields), **more}


OLD = record(field("a", "string"), field("n", ["null", "long"], default=None))


def inside(kind: dict[str, Any]) -> list[dict[str, Any]]:
    """A nested record wherever one can stand."""
    return [
        record(field("in", kind)),
        record(field("in", ["null", kind], default=None)),
        record(field("in", {"type": "array", "items": kind})),
        record(field("in", {"type": "map", "values": kind})),
    ]


def allowed(new: dict[str, Any], old: dict[str, Any]) -> bool:
    return not [*incompatible(new, old), *changed_meaning(new, old)]


def test_a_version_reads_itself() -> None:
    assert allowed(OLD, OLD)


def test_a_field_with_a_default_may_be_added() -> None:
    assert allowed(record(*OLD["fields"], field("b", ["null", "string"], default=None)), OLD)


def test_docs_and_json_names_may_change() -> None:
    assert allowed(record(field("a", "string", doc="new", json=["a", "A"]), OLD["fields"][1]), OLD)


def test_a_renamed_field_may_keep_its_name_as_an_alias() -> None:
    assert allowed(record(field("z", "string", aliases=["a"]), OLD["fields"][1]), OLD)


@pytest.mark.parametrize(
    ("what", "first"),
    [
        ("a field without a default is added", field("b", "string")),
        ("a type is another", field("a", "long")),
        ("a field is renamed", field("z", "string")),
    ],
)
def test_apache_refuses(what: str, first: dict[str, Any]) -> None:
    kept = [OLD["fields"][1]] if first["name"] != "b" else OLD["fields"]
    assert list(incompatible(record(first, *kept), OLD))


def test_apache_refuses_a_lost_enum_symbol() -> None:
    assert list(incompatible(record(field("e", SMALLER)), record(field("e", ENUM))))
    assert not list(incompatible(record(field("e", ENUM)), record(field("e", SMALLER))))


def test_apache_refuses_a_default_that_was_removed() -> None:
    new = record(field("a", "string"), field("n", ["null", "long"]))
    assert list(incompatible(new, record(field("a", "string"))))


@pytest.mark.parametrize("place", range(4))
def test_apache_looks_into_nested_records(place: int) -> None:
    old = inside(record(field("a", "string"), name="In"))[place]
    new = inside(record(field("a", "string"), field("b", "string"), name="In"))[place]
    assert list(incompatible(new, old))


MILLIS, MICROS = ({"type": "long", "logicalType": f"timestamp-{n}"} for n in ("millis", "micros"))
ID, JSON = ({"type": "string", "hookline": n} for n in ("id", "json"))
UNSEEN = [
    ("a field is gone", record(OLD["fields"][0]), OLD),
    (
        "a field is renamed to one with a default",
        record(field("z", ["null", "string"], default=None), OLD["fields"][1]),
        OLD,
    ),
    ("a time's unit", record(field("a", MICROS)), record(field("a", MILLIS))),
    ("a number becomes a time", record(field("a", MICROS)), record(field("a", "long"))),
    ("an annotation", record(field("a", JSON)), record(field("a", ID))),
    ("a JSON unit", record(field("a", "long", unit="s")), record(field("a", "long"))),
    ("text becomes bytes", record(field("a", "bytes")), record(field("a", "string"))),
    ("a namespace", {**OLD, "namespace": "b"}, {**OLD, "namespace": "a"}),
]


@pytest.mark.parametrize(("what", "new", "old"), UNSEEN)
def test_what_apache_passes_is_judged_besides(what: str, new: Any, old: Any) -> None:
    assert not list(incompatible(new, old)), "Apache sees it by now: simplify"
    assert list(changed_meaning(new, old))


@pytest.mark.parametrize("place", range(4))
def test_a_nested_field_that_is_gone_is_named(place: int) -> None:
    gone = field("b", ["null", "string"], default=None)
    old = inside(record(field("a", "string"), gone, name="In"))[place]
    new = inside(record(field("a", "string"), name="In"))[place]
    assert [what.split()[0][-2:] for what in changed_meaning(new, old)] == [".b"]


def test_a_type_that_is_used_again_by_name_is_looked_into() -> None:
    person = record(field("id", "string"), name="Person")
    old = record(field("x", person), field("y", {**person, "name": "Other"}), namespace="p.q")
    new = record(field("x", person), field("y", "Person"), namespace="p.q")
    assert not list(changed_meaning(new, old))


def test_how_a_record_is_encoded_is_no_meaning() -> None:
    kept = record(field("a", "string"), name="In", hookline="kept")
    plain = record(field("a", "string"), name="In")
    assert not list(changed_meaning(record(field("in", kept)), record(field("in", plain))))


@pytest.mark.parametrize(
    ("kind", "default"),
    [
        (["null", "string"], ""),
        (["string", "null"], None),
        ("long", "1"),
        ("long", True),
        ("string", 1),
        ({"type": "array", "items": "string"}, {}),
        ({"type": "array", "items": "string"}, [1]),
        ({"type": "map", "values": "string"}, []),
        (ENUM, "C"),
        (record(field("a", "string"), name="In"), {}),
        (record(field("a", "string"), name="In"), {"a": 1}),
    ],
)
def test_a_default_of_another_type_is_invalid(kind: Any, default: object) -> None:
    (what,) = invalid(record(field("d", kind, default=default)))
    assert "default" in what.lower()


@pytest.mark.parametrize(
    ("kind", "default"),
    [
        (["null", "string"], None),
        ("bytes", ""),
        ("double", 1),
        ({"type": "map", "values": ["null", "long"]}, {"a": None}),
        (ENUM, "A"),
        (record(field("a", "string"), field("n", "long", default=0), name="In"), {"a": "x"}),
    ],
)
def test_a_default_of_its_type_is_valid(kind: Any, default: object) -> None:
    assert not list(invalid(record(field("d", kind, default=default))))


def test_what_is_no_schema_is_said() -> None:
    (what,) = invalid(record(field("a", "strin")))
    assert what.startswith("it is no Avro schema")
