"""Raw records from their headers: in the endpoint's order, and in any other."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from app.core.times import micros
from app.core.webhook import Headers, NotARawRecord, RawRecord, read_raw_record

WRITTEN = RawRecord(
    partition=3,
    offset=7,
    key="support-eu/conversation/a/b",
    body=b"{}",
    id="8c1b572fe7182077bfdd6046b42c9194",
    source="support-eu",
    type="varda.message.created",
    received_at=1_780_000_000_123_456,
    content_type="application/json; charset=utf-8",
)
FULL = replace(WRITTEN, delivery="d-1", account="acme", redrive="0:12")


def read(headers: Headers) -> RawRecord:
    return read_raw_record(3, 7, WRITTEN.key.encode(), WRITTEN.body, headers)


@pytest.mark.parametrize("record", [WRITTEN, FULL])
def test_what_the_endpoint_writes_is_read(record: RawRecord) -> None:
    assert read(record.headers()) == record


@dataclass
class Named:
    """What headers say, one after the other, the last of a name counting."""

    headers: Headers
    by_name: dict[str, bytes] = field(init=False)

    def __post_init__(self) -> None:
        self.by_name = dict(self.headers)

    def text(self, name: str) -> str | None:
        value = self.by_name.get(name)
        return None if value is None else value.decode()


some = st.sampled_from(
    [*FULL.headers(), ("ce_id", b"2"), ("hookline_account", b"other"), ("more", b"\xff")]
)
anyhow = st.lists(some, max_size=4).flatmap(
    lambda more: st.permutations([*WRITTEN.headers(), *more])
) | st.lists(some, max_size=4).map(lambda more: [*WRITTEN.headers(), *more])


@given(anyhow)
def test_headers_say_the_same_in_any_order(headers: Headers) -> None:
    named, record = Named(headers), read(headers)
    assert record.id == named.text("ce_id")
    assert record.source == named.text("ce_source")
    assert record.type == named.text("ce_type")
    assert record.content_type == named.text("content-type")
    assert record.delivery == named.text("hookline_delivery")
    assert record.account == named.text("hookline_account")
    assert record.redrive == named.text("hookline_redrive")
    assert record.received_at == WRITTEN.received_at


@pytest.mark.parametrize("missing", ["ce_id", "ce_source", "ce_type", "ce_time"])
def test_a_header_that_is_missing_is_named(missing: str) -> None:
    with pytest.raises(NotARawRecord, match=missing):
        read([header for header in WRITTEN.headers() if header[0] != missing])


def test_a_content_type_is_json_where_none_is_said() -> None:
    headers = [header for header in WRITTEN.headers() if header[0] != "content-type"]
    assert read(headers).content_type == "application/json"


@pytest.mark.parametrize("name", ["ce_id", "ce_type", "ce_time", "hookline_account"])
def test_a_header_that_is_no_text_is_said(name: str) -> None:
    headers = [(n, b"\xff" if n == name else v) for n, v in FULL.headers()]
    with pytest.raises(NotARawRecord, match="UTF-8"):
        read(headers)


digits = st.text("0123456789", min_size=6, max_size=6)
times = (
    st.datetimes().map(lambda at: f"{at.isoformat(timespec='microseconds')}Z")
    | st.builds("2024-01-15T10:30:{}.{}Z".format, st.integers(0, 70), digits)
    | st.builds("{}.1234567890Z".format, st.sampled_from(["20240115T103000", "2024-01-15T10:30"]))
    | st.builds("2024-01-15T10:30:00{}{}Z".format, st.sampled_from([".", ",", "+"]), digits)
    | st.builds("2024-01-15T10:30:00.{}Z".format, st.text("0123456789 _+-٣", max_size=6))
)


@given(times)
def test_a_time_is_what_any_time_is(text: str) -> None:
    headers = [(n, text.encode() if n == "ce_time" else v) for n, v in WRITTEN.headers()]
    try:
        expected = micros(text)
    except ValueError:
        with pytest.raises(ValueError, match=r"."):
            read(headers)
    else:
        assert read(headers).received_at == expected


def test_texts_of_many_records_are_shared() -> None:
    one, two = read(WRITTEN.headers()), read(WRITTEN.headers())
    assert one.type is two.type
    assert one.source is two.source
