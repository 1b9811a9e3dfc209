"""The identity of a webhook: its key, its event id, and its record on the raw topic."""

from __future__ import annotations

from collections.abc import Iterable
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

MASK = b"***"
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


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
            headers.append(("hookline_redrive", self.redrive.encode()))
        return headers


class NotARawRecord(ValueError):
    """A record of the raw topic that Hookline's endpoint did not write."""


def read_raw_record(
    partition: int,
    offset: int,
    key: bytes | None,
    value: bytes | None,
    headers: Iterable[tuple[str, bytes]],
) -> RawRecord:
    """Read a record of the raw topic. Raises NotARawRecord where its key or a header is missing."""
    named = dict(headers)
    try:
        if key is None or value is None:
            raise NotARawRecord("it has no key or no value")
        return RawRecord(
            partition=partition,
            offset=offset,
            key=key.decode(),
            body=value,
            id=named["ce_id"].decode(),
            source=named["ce_source"].decode(),
            type=named["ce_type"].decode(),
            received_at=micros(named["ce_time"].decode()),
            content_type=named.get("content-type", b"application/json").decode(),
            delivery=_text(named, "hookline_delivery"),
            account=_text(named, "hookline_account"),
            redrive=_text(named, "hookline_redrive"),
        )
    except KeyError as missing:
        raise NotARawRecord(f"header {missing} is missing") from None
    except UnicodeDecodeError as error:
        raise NotARawRecord(f"a header or the key is not UTF-8: {error.reason}") from None


def _text(headers: dict[str, bytes], name: str) -> str | None:
    value = headers.get(name)
    return None if value is None else value.decode()


def iso(at: int) -> str:
    """Microseconds since the epoch as ISO 8601 text in UTC, microseconds always written."""
    seconds, rest = divmod(at, 1_000_000)
    return f"{_to_the_second(seconds)}.{rest:06d}Z"


@lru_cache(maxsize=256)
def _to_the_second(seconds: int) -> str:
    """Many webhooks share a second, and the calendar costs more than all else in a header."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}"
