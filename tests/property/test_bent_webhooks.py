"""Webhooks as nobody has sent them yet: a golden one with values, anywhere in it, replaced.

Whatever comes of it, it is an event and its facts or a dead letter that says why; the fast path
of decoding and the slow one agree; no credential comes through.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.catalogue import Catalogue, Decoded
from app.core.decoder import EventDecoder, compile_decoder
from app.core.undecodable import Undecodable
from app.core.vendors import VENDORS, vendor_named
from app.core.vendors.contract import Source, Vendor
from app.core.webhook import RawRecord, event_id
from tests.golden import cases

ODD_VALUES = (
    "0",
    '""',
    '"null"',
    "[]",
    "{}",
    "[{}]",
    "[null]",
    '{"id": 7}',
    "1778752800",
    '"2026-05-14"',
)
VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
    | st.sampled_from(ODD_VALUES).map(json.loads)
    | st.dictionaries(st.text(max_size=4), st.integers(), max_size=3)
)
TOKEN = "never-to-be-seen"


@lru_cache
def catalogue() -> Catalogue:
    return cases.catalogue()


@lru_cache
def decoder(vendor: str, event: str) -> EventDecoder:
    versions = (cases.SCHEMAS / vendor / event).glob("v*.avsc")
    latest = max(versions, key=lambda path: int(path.stem[1:]))
    return compile_decoder(json.loads(latest.read_text()), vendor_named(vendor))


@lru_cache
def trees(vendor: str) -> list[Any]:
    """The golden webhooks of a vendor that are JSON objects."""
    found = [case.folder / "webhook.json" for case in cases.cases() if case.vendor == vendor]
    bodies = [json.loads(path.read_text()) for path in found if path.exists()]
    return [body for body in bodies if isinstance(body, dict)]


@st.composite
def bent(draw: st.DrawFn, vendor: str) -> bytes:
    """A golden webhook with one to four of its values replaced, removed or added to."""
    tree = json.loads(json.dumps(draw(st.sampled_from(trees(vendor)))))
    for _ in range(draw(st.integers(1, 4))):
        place = tree
        while True:
            names = list(place) if isinstance(place, dict) else list(range(len(place)))
            if not names:
                break
            name = draw(st.sampled_from(names))
            if not isinstance(place[name], dict | list) or draw(st.booleans()):
                _bend(draw, place, name)
                break
            place = place[name]
    return json.dumps(tree).encode()


def _bend(draw: st.DrawFn, place: Any, name: Any) -> None:
    match draw(st.sampled_from(["replace", "remove", "add"])):
        case "remove" if isinstance(place, dict):
            del place[name]
        case "add" if isinstance(place, dict):
            place[draw(st.text(max_size=6)) + "x"] = draw(VALUES)
            place["pubsub_token"] = TOKEN
        case _:
            place[name] = draw(VALUES)


def record_of(vendor: Vendor, body: bytes) -> RawRecord | None:
    source = Source(name="any", vendor=vendor.name, account_id="1")
    try:
        found = vendor.identify(body, "application/json", source)
    except Undecodable as error:
        assert error.reason in ("unknown_event", "no_key")
        return None
    return RawRecord(
        partition=0,
        offset=0,
        key=f"any/{found.kind}/{found.id}",
        body=body,
        id=event_id("any", body),
        source="any",
        type=f"{vendor.name}.{found.type}",
        received_at=cases.RECEIVED_AT,
        account="1",
    )


def decode(record: RawRecord) -> Decoded | Undecodable:
    try:
        return catalogue().decode(record)
    except Undecodable as error:
        return error


@pytest.mark.parametrize("name", [vendor.name for vendor in VENDORS])
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_bent_webhook_is_understood_or_says_why_not(name: str, data: st.DataObject) -> None:
    record = record_of(vendor_named(name), data.draw(bent(name)))
    if record is None:
        return
    outcome = decode(record)
    if isinstance(outcome, Undecodable):
        assert outcome.reason == "schema_mismatch", outcome
        assert outcome.path.startswith("$")
        return
    both = decoder(*outcome.schema)
    assert both.decode(record.body) == both.decode_slowly(record.body)
    if name == "voxsig":
        assert TOKEN not in json.dumps(msgspec.to_builtins(outcome.event))
        assert TOKEN not in json.dumps(msgspec.to_builtins(outcome.facts))
