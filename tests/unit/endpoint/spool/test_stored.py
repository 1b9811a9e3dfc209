"""A record comes out of the spool as it went in."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from app.core.webhook import RawRecord
from app.endpoint.spool.stored import decode_record, encode_record
from tests.unit.endpoint.spool.webhooks import webhook

texts = st.text(st.characters(exclude_categories=["Cs"]))
records = st.builds(
    RawRecord,
    partition=st.just(-1),
    offset=st.just(-1),
    key=texts,
    body=st.binary(),
    id=texts,
    source=texts,
    type=texts,
    received_at=st.integers(-(2**63), 2**63 - 1),
    content_type=texts,
    delivery=st.none() | texts,
    account=st.none() | texts,
    redrive=st.none(),
)


@given(records)
def test_a_record_comes_out_as_it_went_in(record: RawRecord) -> None:
    payload = encode_record(record)
    assert decode_record(payload) == record
    assert payload[-1] != 0  # what torn ends are told by


def test_a_later_versions_record_with_more_fields_is_read() -> None:
    fields = msgspec.msgpack.decode(encode_record(webhook()))
    assert decode_record(msgspec.msgpack.encode([*fields, "more"])) == webhook()


@given(st.binary())
def test_what_is_no_record_is_none(payload: bytes) -> None:
    assert decode_record(payload) is None
