"""The next version of a schema, proposed from what vendors send."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.avro.compatible import changed_meaning, incompatible, invalid
from app.avro.proposal import proposed
from app.avro.repository import load_repository
from app.core.decoding.annotations import EXTRA, body_of

MESSAGE = load_repository().events()["varda", "message_created"]
TIME = {"type": "long", "logicalType": "timestamp-micros"}
ANY = {"type": "string", "hookline": "json"}
ID = {"type": "string", "hookline": "id"}


@pytest.mark.parametrize(
    ("path", "types", "example", "field"),
    [
        ("data.mood", ["string"], '"good"', {"name": "mood", "type": "string"}),
        (
            "data.holdSeconds",
            ["number"],
            "45",
            {"name": "hold_seconds", "json": "holdSeconds", "type": "long"},
        ),
        ("data.score", ["null", "number"], "0.5", {"name": "score", "type": "double"}),
        ("data.seen", ["boolean"], "true", {"name": "seen", "type": "boolean"}),
        ("data.seen_at", ["string"], '"2026-03-01T10:00:00Z"', {"name": "seen_at", "type": TIME}),
        ("data.agent_id", ["number", "string"], "7", {"name": "agent_id", "type": ID}),
        ("data.parts", ["array"], "[1]", {"name": "parts", "type": ANY}),
        ("data.mixed", ["array", "string"], "[]", {"name": "mixed", "type": ANY}),
        ("data.contact.vip", ["boolean"], "true", {"name": "vip", "type": "boolean"}),
        ("trace", ["object"], "{}", {"name": "trace", "type": ANY}),
        (
            "data.1-odd name",
            ["string"],
            '"x"',
            {"name": "field_1_odd_name", "json": "1-odd name", "type": "string"},
        ),
    ],
)
def test_a_field_is_proposed_by_what_was_seen_of_it(
    path: str, types: list[str], example: str, field: dict[str, Any]
) -> None:
    after = proposed(MESSAGE, path, types, example)

    new = json.dumps({**field, "type": ["null", field["type"]], "default": None})
    assert new in json.dumps(after)
    assert new not in json.dumps(MESSAGE)
    assert after["fields"][-1]["name"] == EXTRA
    body_of(after)  # a decoder can be made of it
    assert not list(invalid(after))
    assert not [*incompatible(after, MESSAGE), *changed_meaning(after, MESSAGE)]


@pytest.mark.parametrize(("sent", "name"), [("Content", "content_"), ("class", "class_")])
def test_a_name_that_is_taken_gets_another(sent: str, name: str) -> None:
    after = proposed(MESSAGE, f"data.{sent}", ["string"], '"x"')

    assert f'"name": "{name}", "json": "{sent}"' in json.dumps(after)
    body_of(after)


def test_where_the_schema_has_no_such_object_there_is_no_place() -> None:
    with pytest.raises(KeyError):
        proposed(MESSAGE, "data.nothing.of_this", ["string"], '"x"')
