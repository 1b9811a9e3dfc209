"""No body raises anything but Undecodable, and both paths make the same of it (hypothesis)."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.avro.encoder import compile_encoder
from app.core.decoder import EventDecoder
from app.core.decoding.limits import LARGE_BODY, WHOLE_BODY_BYTES
from app.core.undecodable import Undecodable
from app.core.webhook import FORM
from tests.unit.decoding.orders import (
    OLDER_NAMES,
    as_json,
    decoder,
    order,
    order_schema,
    renamed_decoder,
    with_names,
)

DECODERS = [decoder(), decoder(explicit_null=True)]
ENCODERS = [compile_encoder(order_schema()), compile_encoder(order_schema(explicit_null=True))]
RENAMED = renamed_decoder()
MEBIBYTE = 1 << 20
FAST = settings(max_examples=400, deadline=None)

SPELLED_OUT = [
    "type",
    "remark",
    "event",
    "pubsub_token",
    "secret",
    "id",
    "name",
    "at",
    "extra",
    "to",
    "",
]
NAMES = st.sampled_from(SPELLED_OUT) | st.text(max_size=5)
NUMBERS = (
    st.integers()
    | st.integers(10**17, 10**40)
    | st.floats()
    | st.sampled_from([0, -0.0, 1e15, 1e16, 1e308, 2**53 + 1, 2**63, -(2**63), 10**400])
)
TIMES = (
    st.sampled_from(["2026-03-25T18:30:00Z", "2021-07-23 18:01:48 UTC", "0", "", "null"])
    | st.datetimes().map(str)
    | st.integers(0, 2**51)
    | st.floats(0, 2e9)
)
ANY = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(max_size=8) | TIMES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)
IDS = st.text(max_size=8) | st.integers()
PERSON = st.fixed_dictionaries({}, optional={"id": IDS, "name": st.text(max_size=5), "secret": ANY})
LINE = st.fixed_dictionaries(
    {"id": IDS}, optional={"at": TIMES | ANY, "to": PERSON, "pubsub_token": ANY}
)
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "seen": TIMES,
    "seenAt": TIMES,
    "waited": st.floats(0, 1e6) | st.integers(0, 10**6),
    "count": st.integers(-10, 10) | st.floats(-5, 5) | NUMBERS,
    "small": st.integers(-(2**32), 2**32),
    "price": NUMBERS,
    "paid": st.booleans(),
    "size": st.sampled_from(["S", "M", "L"]),
    "note": ANY,
    "buyer": PERSON,
    "lines": st.lists(LINE, max_size=3),
    "tags": st.lists(st.none() | st.text(max_size=3), max_size=3),
    "refs": st.lists(IDS, max_size=3),
    "words": st.dictionaries(NAMES, st.text(max_size=3), max_size=3),
    "times": st.dictionaries(NAMES, st.none() | TIMES, max_size=3),
    "secret": ANY,
    "pubsub_token": st.text(max_size=3),
    "new": ANY,
}
ODD_BYTES = [b"\\ud800", b"\xff", b"[", b"{", b"0", b","]
NEARLY = st.fixed_dictionaries({}, optional=FIELDS)
BROKEN = st.fixed_dictionaries({}, optional={name: values | ANY for name, values in FIELDS.items()})


def outcome(decode: Any, *body: Any) -> Any:
    """The event, or what was wrong. Anything else raised fails the test."""
    try:
        return decode(*body)
    except Undecodable as fault:
        return (fault.reason, fault.path, str(fault))


def check(which: EventDecoder, body: bytes) -> Any:
    found = outcome(which.decode, body)
    assert repr(found) == repr(outcome(which.decode_slowly, body))  # repr: NaN is not NaN
    return found


@pytest.mark.parametrize("n", [0, 1])
@FAST
@given(NEARLY | BROKEN)
def test_both_paths_make_the_same_of_any_order(n: int, fields: dict[str, Any]) -> None:
    found = check(DECODERS[n], as_json(order(**fields)))

    if isinstance(found, msgspec.Struct):
        ENCODERS[n](found)  # what decodes can be written
        assert "pubsub_token" not in msgspec.to_builtins(found)["extra"]


@FAST
@given(NEARLY | BROKEN, st.sets(st.sampled_from(OLDER_NAMES)), st.dictionaries(NAMES, ANY))
def test_both_paths_make_the_same_of_older_names(
    fields: dict[str, Any], older: set[tuple[str, str]], more: dict[str, Any]
) -> None:
    today = {new: old for old, new in older}
    check(RENAMED, as_json({**with_names(order(**fields), today), **more}))


@FAST
@given(ANY, st.booleans())
def test_both_paths_make_the_same_of_any_json(tree: Any, ascii: bool) -> None:
    try:
        body = json.dumps(tree, ensure_ascii=ascii).encode()
    except UnicodeEncodeError:
        body = json.dumps(tree).encode()
    check(DECODERS[0], body)


@FAST
@given(NEARLY, st.data())
def test_both_paths_make_the_same_of_a_damaged_order(fields: dict[str, Any], data: Any) -> None:
    body = bytearray(as_json(order(**fields)))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(body) - 1))
        match data.draw(st.sampled_from(["cut", "byte", "insert"])):
            case "cut":
                del body[at : at + data.draw(st.integers(1, 5))]
            case "byte":
                body[at] = data.draw(st.integers(0, 255))
            case _:
                body[at:at] = data.draw(st.sampled_from(ODD_BYTES))
        body = body or bytearray(b" ")
    check(DECODERS[0], bytes(body))


@FAST
@given(st.binary(max_size=60))
def test_any_bytes(body: bytes) -> None:
    check(DECODERS[0], body)
    outcome(DECODERS[0].decode, body, FORM)


@FAST
@given(st.dictionaries(st.sampled_from(["id", "event", "timestamp", *FIELDS]), st.text(max_size=9)))
def test_any_form(pairs: dict[str, str]) -> None:
    form = {"id": "1", "event": "e", "timestamp": "1774463400", **pairs}
    found = outcome(DECODERS[0].decode, urlencode(form, errors="replace").encode(), FORM)
    if isinstance(found, msgspec.Struct):
        ENCODERS[0](found)


@pytest.mark.parametrize(
    "large",
    [
        {"note": [1e15] * 200_000},
        {"note": "é" * 500_000},
        {"event": "語" * 340_000},
        {"refs": [1] * 520_000},
        {"words": {f"{n}": "" for n in range(90_000)}},
        {"lines": [{"id": 1}] * 110_000},
        {f"f{n}": 1e15 for n in range(70_000)},
        {"x" * 1_000_000: 1},
        {"buyer": {f"{n}": [] for n in range(90_000)}},
    ],
)
def test_a_body_of_a_mebibyte_makes_an_event_below_two(large: dict[str, Any]) -> None:
    body = msgspec.json.encode(order(**large)).replace(b"1000000000000000.0", b"1e15")
    assert 500_000 < len(body) <= MEBIBYTE

    assert len(ENCODERS[0](check(DECODERS[0], body))) < 2 * MEBIBYTE


def test_a_body_that_is_kept_whole_makes_an_event_below_one_mebibyte() -> None:
    swelling = ['"note":[' + "1e15," * 13_000 + "1]", '"refs":[' + "1," * 32_000 + "1]"]
    swelling.append('"buyer":{' + ",".join(f'"{n}":1e15' for n in range(5_400)) + "}")
    for fields in swelling:
        body = as_json(order())[:-1] + b"," + fields.encode() + b"}"
        assert 60_000 < len(body) <= WHOLE_BODY_BYTES

        assert len(ENCODERS[0](check(DECODERS[0], body))) < MEBIBYTE


def test_what_is_cut_is_said() -> None:
    body = msgspec.json.encode(order(note="a" * 100_000, **{f"f{n:03}": n for n in range(100)}))
    found = check(DECODERS[0], body)

    assert found.note == '"(cut: 100002 characters)"'
    assert len(found.extra) == LARGE_BODY.extra + 1
    assert found.extra["*"] == "36"


def test_a_usual_body_is_kept_whole() -> None:
    found = check(DECODERS[0], as_json(order(note="a" * 60_000)))
    assert len(found.note) == 60_002
