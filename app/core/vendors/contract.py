"""What a vendor is to the rest of Hookline: four functions and a list of events.

One folder per vendor under `app.core.vendors` is all there is to know about it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from app.core.facts import Facts
from app.core.webhook import JSON, Kind, RawRecord

Tree = dict[str, Any]


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """One configured subscription of a vendor. Secrets are bytes, the newest first."""

    name: str
    vendor: str
    secrets: tuple[bytes, ...] = ()
    account_id: str | None = None
    verify: bool = True

    def __repr__(self) -> str:
        return f"Source({self.name!r}, vendor={self.vendor!r}, {len(self.secrets)} secrets)"


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """An HTTP request as received. Header names are lower case; `query` has no question mark."""

    method: str
    headers: Mapping[str, str]
    query: bytes
    body: bytes


class Admitted(msgspec.Struct, frozen=True, kw_only=True):
    """A genuine webhook, as it is to be stored: secrets are masked."""

    body: bytes
    content_type: str = JSON
    delivery: str | None = None


class Refused(Exception):
    """A request that is not genuine. `reason` is a metric label: no_signature, bad_signature,
    expired, no_secret, bad_secret, method. The message tells the sender nothing about the secret.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """What routing needs of a webhook. `type` is the vendor's own spelling, without the vendor."""

    type: str
    kind: Kind
    id: str


# An event and its raw record, to what it says. Of the record only id, received_at, account and
# key_id are a facts function's to know.
FactsOf = Callable[[Any, RawRecord], Facts]


@dataclass(frozen=True, slots=True)
class EventType:
    """One event of a vendor.

    `name` is the vendor's spelling ("inbound.call.hangup"); a name that ends in "." stands for
    every event that begins with it ("automation_event."). `schema` is its folder under
    `schemas/<vendor>/`. `facts` is None where the event changes no row.
    """

    name: str
    schema: str
    facts: FactsOf | None


@dataclass(frozen=True, slots=True)
class Vendor:
    """A vendor's webhooks.

    admit     is the request genuine? Returns what is to be stored, or raises Refused. `now` is
              seconds since the epoch, `window` the seconds a signature's time may be off.
    identify  (body, content type, source) -> Identity, or raises Undecodable (not_json,
              not_an_object, unknown_event, no_key). Parses only what routing needs. Of the source
              it may use the name and the account id, never the secrets: the worker, which has
              none, identifies anew what the endpoint could not.
    tidy      the slow path of decoding: the parsed JSON object (or form) with the vendor's odd
              spellings made regular: envelopes, "null" text, `[]` for `{}`. Must not mutate.
    odd       True where a body needs `tidy` although its shape may fit the schema.

    older_names      of an older envelope: names at the top of a body, with today's name of each.
                     The fast path takes bodies with all of them or none; `tidy` has to rename
                     them all the same.
    methods          the HTTP methods it delivers by.
    may_be_unsigned  a source may say verify = "off": some of its installations sign nothing.
    needs_account    bodies may lack the account, and ids mean nothing without: a source names it.
    """

    name: str
    admit: Callable[[Request, Source, float, float], Admitted]
    identify: Callable[[bytes, str, Source], Identity]
    tidy: Callable[[Tree], Tree]
    odd: Callable[[bytes], bool]
    events: tuple[EventType, ...]
    older_names: tuple[tuple[str, str], ...] = ()
    methods: tuple[str, ...] = ("POST",)
    may_be_unsigned: bool = False
    needs_account: bool = False
