"""What a body becomes: given JSON, then event."""

from __future__ import annotations

from typing import Any, NoReturn

import pytest
from msgspec import UNSET

from app.core.decoder import compile_decoder
from app.core.webhook import FORM
from tests.unit.decoding.decoded import AT, DECODER, by_both_paths, fields_of, refused
from tests.unit.decoding.orders import OLDER_NAMES, as_json, decoder, order, order_schema, shop


def test_ids_are_text_whether_json_has_a_string_or_an_integer() -> None:
    assert fields_of(id="a7").id == "a7"
    assert fields_of(id=7).id == "7"
    assert fields_of(refs=[1, "b"], lines=[{"id": 9}]).refs == ["1", "b"]
    assert fields_of(buyer={"id": 10**30}).buyer.id == "1" + "0" * 30


@pytest.mark.parametrize(
    "spelling",
    ["2026-03-25T18:30:00Z", "2026-03-25T20:30:00+0200", 1774463400, 1774463400.0, 1774463400000],
)
def test_times_are_microseconds(spelling: str | float) -> None:
    assert fields_of(timestamp=spelling).at == AT
    assert fields_of(times={"a": spelling, "b": None}).times == {"a": AT, "b": None}


def test_a_time_of_zero_means_never_where_the_schema_says_so() -> None:
    assert fields_of(seen=0).seen_at is None
    assert fields_of(timestamp=0).at == 0


def test_seconds_become_milliseconds() -> None:
    assert fields_of(waited=245).waited_ms == 245_000
    assert fields_of(waited=0.0615).waited_ms == 62


def test_an_integer_may_be_written_as_a_float() -> None:
    assert fields_of(count=3.0).count == 3
    assert refused(as_json(order(count=3.5))).path == "$.count"


def test_what_is_absent_or_null_is_none() -> None:
    assert fields_of().buyer is None
    assert fields_of(buyer=None).buyer is None
    assert fields_of().lines == []


def test_a_snapshot_tells_absent_from_null() -> None:
    snapshots = decoder(explicit_null=True)
    for path in (snapshots.decode, snapshots.decode_slowly):
        assert path(as_json(order())).buyer is UNSET
        assert path(as_json(order(buyer=None))).buyer is None
        assert path(as_json(order(buyer={"name": None}))).buyer.id is UNSET
        assert path(as_json(order(buyer={"name": None}))).buyer.name is None


def test_any_json_is_kept_as_compact_text() -> None:
    assert fields_of(note={"a": [1, 2.5, None], "é": "\n"}).note == '{"a":[1,2.5,null],"é":"\\n"}'
    assert fields_of(note={}).note == "{}"
    assert fields_of(note="text").note == '"text"'
    assert fields_of(note=0).note == "0"


def test_unknown_fields_are_kept_in_extra_by_their_path() -> None:
    found = fields_of(
        new=[1, {"a": None}],
        buyer={"id": 1, "vip": True, "a.b": 2},
        lines=[{"id": 1}, {"id": 2, "colour": "red"}],
        extra="mine",
    )
    assert found.extra == {
        "new": '[1,{"a":null}]',
        "buyer.vip": "true",
        'buyer."a.b"': "2",
        "lines[1].colour": '"red"',
        "extra": '"mine"',
    }


def test_alternative_names_are_read() -> None:
    assert fields_of(seenAt=1774463400).seen_at == AT
    assert fields_of(seen=None, last_seen=1774463400).seen_at == AT
    assert fields_of(seen=1774463400, seenAt=5).extra == {"seenAt": "5"}


CREDENTIAL = "tok-51f"


@pytest.mark.parametrize("name", ["pubsub_token", "secret"])
@pytest.mark.parametrize(
    "place",
    [
        '"%s": "tok-51f"',
        '"%s": {"deep": "tok-51f"}',
        '"buyer": {"id": 1, "%s": "tok-51f"}',
        '"note": {"a": [{"%s": "tok-51f", "b": 1}]}',
        '"note": [[{"%s": {"in": "tok-51f"}}]]',
        '"new": {"a": {"%s": "tok-51f"}}',
        '"words": {"%s": "tok-51f", "b": "c"}',
        '"lines": [{"id": 1, "to": {"%s": "tok-51f"}}]',
    ],
)
@pytest.mark.parametrize("spelt", [False, True])
def test_what_must_be_dropped_reaches_no_event(name: str, place: str, spelt: bool) -> None:
    spelling = "".join(f"\\u{ord(c):04x}" for c in name) if spelt else name
    body = as_json(order())[:-1] + b"," + (place % spelling).encode() + b"}"

    assert CREDENTIAL not in repr(by_both_paths(body))
    assert name not in str(by_both_paths(body).extra)


def test_a_name_that_is_only_a_value_is_kept() -> None:
    assert fields_of(note=["pubsub_token"]).note == '["pubsub_token"]'


def test_of_a_name_given_twice_the_last_counts() -> None:
    body = as_json(order())[:-1] + b',"id":8,"note":{"a":1,"a":2}}'
    assert (by_both_paths(body).id, by_both_paths(body).note) == ("8", '{"a":2}')


def test_a_vendor_tidies_what_does_not_fit_and_what_it_calls_odd() -> None:
    def tidy(tree: dict[str, Any]) -> dict[str, Any]:
        return {**tree.get("order", tree), "price": 1}

    vendor = shop(tidy=tidy, odd=lambda body: b"odd" in body)
    tidying = compile_decoder(order_schema(), vendor)
    assert tidying.decode(as_json({"order": order()})).price == 1.0
    assert tidying.decode(as_json(order(event="odd"))).price == 1.0
    assert tidying.decode(as_json(order())).price is None


def test_an_older_envelope_needs_no_tidying() -> None:
    def tidy(tree: dict[str, Any]) -> NoReturn:
        raise AssertionError("the fast path has refused it")

    decoder = compile_decoder(order_schema(), shop(tidy=tidy, older_names=OLDER_NAMES))
    today = order(event="e", note=[1])
    older = {"type": today.pop("event"), "remark": today.pop("note"), **today}

    found = decoder.decode(as_json(older))

    assert (found.event, found.note) == ("e", "[1]")
    assert found == decoder.decode(as_json(order(event="e", note=[1])))


def test_a_form_has_text_for_everything() -> None:
    form = (
        b"event=e&id=7&timestamp=1774463400&waited=1.5&count=3&paid=true&price=2&word=%C3%A9+x&id=9"
    )
    found = DECODER.decode(form + b"&id=9", FORM)
    assert (found.id, found.at, found.waited_ms, found.count) == ("7", AT, 1500, 3)
    assert (found.paid, found.price, found.extra) == (True, 2.0, {"word": '"é x"'})
