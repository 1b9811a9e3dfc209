"""The identity of a webhook: its key, its event id, and its record on the raw topic."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b
from typing import Literal, NamedTuple

import msgspec

from app.core.times import micros

Kind = Literal[
    "conversation", "call", "contact", "agent", "organisation", "inbox", "test", "unknown"
]
Headers = list[tuple[str, bytes]]
Place = tuple[int, int]  # partition and offset of a raw record

MASK = b"***"
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
REDRIVE = "hookline_redrive"  # the header with the place of the record that one stands in for


class Key(NamedTuple):
    """A row's or record's key, taken apart: `<source>/<kind>/<id>`."""

    source: str
    kind: str
    id: str

    def __str__(self) -> str:
        return f"{self.source}/{self.kind}/{self.id}"


def parse_key(text: str) -> Key:
    """Take a key apart; its id may hold slashes. Raises ValueError that shows the form."""
    parts = text.split("/", 2)
    if len(parts) != 3 or not all(parts):
        raise ValueError(f"{text!r} is not a key: expected <source>/<kind>/<id>")
    return Key(*parts)


_PLACE = re.compile(r"([0-9]{1,9}):([0-9]{1,18})")


def place_of(text: str) -> Place | None:
    """Of `<partition>:<offset>`; None for any other text."""
    found = _PLACE.fullmatch(text)
    return None if found is None else (int(found[1]), int(found[2]))


def event_id(source: str, masked_body: bytes) -> str:
    """32 hex digits: BLAKE2b-128 over source, a zero byte and the body with its secret masked."""
    return blake2b(b"%b\0%b" % (source.encode(), masked_body), digest_size=16).hexdigest()


class RawRecord(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One record of the raw topic, as the worker, `verify` and `replay` see it.

    `received_at` is in microseconds since the epoch (UTC); `account` is the source's configured
    account id, where it has one; `redrive` is `<partition>:<offset>` of the raw record this one
    stands in for.
    """

    partition: int
    offset: int
    key: str
    body: bytes
    id: str
    source: str
    type: str
    received_at: int
    content_type: str = JSON
    delivery: str | None = None
    account: str | None = None
    redrive: str | None = None

    @property
    def key_id(self) -> str:
        """The id in the key: what follows `<source>/<kind>/`."""
        return self.key.split("/", 2)[2]

    @property
    def stands_in_for(self) -> Place | None:
        """Of a redriven record: where the one lies that became a dead letter."""
        return None if self.redrive is None else place_of(self.redrive)

    def headers(self) -> Headers:
        """CloudEvents binary mode, and what Hookline adds."""
        headers: Headers = [
            ("ce_specversion", b"1.0"),
            ("ce_id", self.id.encode()),
            ("ce_source", self.source.encode()),
            ("ce_type", self.type.encode()),
            ("ce_time", iso(self.received_at).encode()),
            ("content-type", self.content_type.encode()),
        ]
        if self.delivery is not None:
            headers.append(("hookline_delivery", self.delivery.encode()))
        if self.account is not None:
            headers.append(("hookline_account", self.account.encode()))
        if self.redrive is not None:
            headers.append((REDRIVE, self.redrive.encode()))
        return headers


class NotARawRecord(ValueError):
    """A record of the raw topic that Hookline's endpoint did not write."""


def read_raw_record(
    partition: int,
    offset: int,
    key: bytes | None,
    value: bytes | None,
    headers: Sequence[tuple[str, bytes]],
) -> RawRecord:
    """Read a record of the raw topic. Raises NotARawRecord where its key or a header is missing."""
    try:
        if key is None or value is None:
            raise NotARawRecord("it has no key or no value")
        id_, source, type_, time, content_type, delivery, account, redrive = _values(headers)
        return RawRecord(
            partition=partition,
            offset=offset,
            key=key.decode(),
            body=value,
            id=id_.decode(),
            source=_WORDS[source],
            type=_WORDS[type_],
            received_at=_received_at(time),
            content_type=_WORDS[content_type],
            delivery=None if delivery is None else delivery.decode(),
            account=None if account is None else _WORDS[account],
            redrive=None if redrive is None else redrive.decode(),
        )
    except KeyError as missing:
        raise NotARawRecord(f"header {missing} is missing") from None
    except UnicodeDecodeError as error:
        raise NotARawRecord(f"a header or the key is not UTF-8: {error.reason}") from None


_Values = tuple[bytes, bytes, bytes, bytes, bytes, bytes | None, bytes | None, bytes | None]


def _values(headers: Sequence[tuple[str, bytes]]) -> _Values:
    """Values of the headers that a RawRecord has, in its order. They come in the order of
    `RawRecord.headers` nearly always; in any other they are read by name.
    """
    if len(headers) < 6:
        return _values_by_name(headers)
    (first, _), (a, id_), (b, source), (c, type_), (d, time), (e, content), *more = headers
    if (first, a, b, c, d, e) != _USUAL:
        return _values_by_name(headers)
    delivery = account = redrive = None
    for name, value in more:
        if name == "hookline_account":
            account = value
        elif name == "hookline_delivery":
            delivery = value
        elif name == REDRIVE:
            redrive = value
        else:
            return _values_by_name(headers)
    return id_, source, type_, time, content, delivery, account, redrive


_USUAL = ("ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", "content-type")


def _values_by_name(headers: Iterable[tuple[str, bytes]]) -> _Values:
    named = dict(headers)
    return (
        named["ce_id"],
        named["ce_source"],
        named["ce_type"],
        named["ce_time"],
        named.get("content-type", JSON.encode()),
        named.get("hookline_delivery"),
        named.get("hookline_account"),
        named.get(REDRIVE),
    )


class _Words(dict[bytes, str]):
    """Texts that stand in many records, decoded once and shared by them."""

    def __missing__(self, value: bytes) -> str:
        word = value.decode()
        if len(value) <= 64:
            if len(self) >= 4_096:
                self.clear()
            self[value] = word
        return word


_WORDS = _Words()


def _received_at(time: bytes) -> int:
    """The calendar of a second is looked up once: `2024-01-15T10:30:00.` and six digits and Z."""
    if len(time) == 27 and time[19:20] == b"." and time[26:] == b"Z" and time[20:26].isdigit():
        return _second(time[:20]) + int(time[20:26])
    return micros(time.decode())


@lru_cache(maxsize=256)
def _second(time: bytes) -> int:
    return micros(time.decode() + "000000Z")


def iso(at: int) -> str:
    """Microseconds since the epoch as ISO 8601 text in UTC, microseconds always written."""
    seconds, rest = divmod(at, 1_000_000)
    return f"{_to_the_second(seconds)}.{rest:06d}Z"


@lru_cache(maxsize=256)
def _to_the_second(seconds: int) -> str:
    """Many webhooks share a second, and the calendar costs more than all else in a header."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}"
