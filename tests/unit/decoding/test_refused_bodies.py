"""Given a body that is no event, then why: the reason and the path at fault."""

from __future__ import annotations

from typing import Any

import pytest

from app.core.decoding.limits import DEPTH
from app.core.webhook import FORM
from tests.unit.decoding.decoded import by_both_paths, refused
from tests.unit.decoding.orders import as_json, order


@pytest.mark.parametrize(
    ("fields", "path", "message"),
    [
        ({"id": None}, "$.id", "it is required"),
        ({"id": 1.0}, "$.id", "expected a string or an integer, got a number"),
        ({"id": True}, "$.id", "expected a string or an integer, got a boolean"),
        ({"timestamp": "yesterday"}, "$.timestamp", "expected a time, got a string"),
        ({"timestamp": []}, "$.timestamp", "expected a time, got an array"),
        ({"seenAt": True}, "$.seenAt", "expected a time, got a boolean"),
        ({"count": "3"}, "$.count", "expected an integer, got a string"),
        ({"count": 2**63}, "$.count", "expected an integer in range"),
        ({"small": 2**31}, "$.small", "expected an integer in range"),
        ({"waited": 10**40}, "$.waited", "expected a number in range"),
        ({"price": "1"}, "$.price", "expected a number, got a string"),
        ({"price": 10**400}, "$.price", "expected a number in range"),
        ({"paid": 1}, "$.paid", "expected a boolean, got a number"),
        ({"size": "XL"}, "$.size", "expected one of S, M"),
        ({"buyer": []}, "$.buyer", "expected an object, got an array"),
        ({"buyer": {"name": 5}}, "$.buyer.name", "expected a string, got a number"),
        ({"lines": None}, "$.lines", "it is required"),
        ({"lines": [{"id": 1}, {"id": {}}]}, "$.lines[*].id", "got an object"),
        ({"lines": [{}]}, "$.lines[*].id", "it is required"),
        ({"tags": ["a", 5]}, "$.tags[*]", "expected a string, got a number"),
        ({"words": {"a": None}}, "$.words.*", "expected a string, got null"),
    ],
)
def test_a_wrong_type_is_named_with_its_path(
    fields: dict[str, Any], path: str, message: str
) -> None:
    fault = refused(as_json(order(**fields)))
    assert (fault.reason, fault.path) == ("schema_mismatch", path)
    assert message in str(fault)


def test_a_message_never_quotes_a_value() -> None:
    assert "sesame" not in str(refused(as_json(order(count="sesame"))))
    assert "sesame" not in str(refused(as_json(order(timestamp="sesame"))))


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "not_json"),
        (b"{", "not_json"),
        (b"{'a': 1}", "not_json"),
        (b'{"a": NaN}', "not_json"),
        (b'{"a": 1e999}', "not_json"),
        (b'{"a": "\xff"}', "not_json"),
        (b'{"a": "\\ud800"}', "not_json"),
        (b'{"a": ' + b"9" * 5000 + b"}", "not_json"),
        (b"{} {}", "not_json"),
        (b"[" * 100_000, "not_json"),
        (b'{"a":' * 100_000, "not_json"),
        (b"[]", "not_an_object"),
        (b'"text"', "not_an_object"),
        (b"null", "not_an_object"),
        (b"{}", "schema_mismatch"),
    ],
)
def test_a_body_that_is_no_object_says_why(body: bytes, reason: str) -> None:
    assert refused(body).reason == reason


def test_nesting_has_a_fixed_limit_whoever_calls() -> None:
    def nested(levels: int) -> bytes:
        return as_json(order())[:-1] + b',"note":' + b"[" * levels + b"]" * levels + b"}"

    assert by_both_paths(nested(DEPTH - 1)).note == "[" * (DEPTH - 1) + "]" * (DEPTH - 1)
    assert refused(nested(DEPTH)).reason == "not_json"
    assert refused(nested(DEPTH + 300)).reason == "not_json"


@pytest.mark.parametrize("form", [b"\xff=1", b"a=%FF", b"&".join([b"a=1"] * 2000)])
def test_a_form_that_is_none_is_not_json(form: bytes) -> None:
    assert refused(form, FORM).reason == "not_json"


def test_numbers_are_not_text_in_json() -> None:
    assert refused(as_json(order(price="2"))).path == "$.price"
