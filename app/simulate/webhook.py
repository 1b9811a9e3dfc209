"""One webhook of a story: a body, and where it must end up."""

from __future__ import annotations

import json
from functools import cached_property
from typing import Any

import msgspec

from app.core.undecodable import Reason
from app.core.webhook import JSON, event_id


class Webhook(msgspec.Struct, kw_only=True, dict=True):
    """`stored` is the body as the raw log must hold it, `***` where the vendor puts its secret.

    `key` is that of its raw record, None where it has none (`<source>/unknown/<event id>`);
    `type` the vendor's spelling, None where there is none to find. `dead` is the reason of the
    dead letter that it must become. `counted` where a row counts it. `at` is its event time in
    microseconds.
    """

    source: str
    vendor: str
    stored: bytes
    at: int
    key: str | None = None
    type: str | None = None
    content_type: str = JSON
    dead: Reason | None = None
    counted: bool = False

    @cached_property
    def id(self) -> str:
        return event_id(self.source, self.stored)

    @property
    def record_key(self) -> str:
        return self.key or f"{self.source}/unknown/{self.id}"

    @property
    def record_type(self) -> str:
        return f"{self.vendor}.{self.type or 'unknown'}"


def compact(body: Any) -> bytes:
    """JSON without spaces, in UTF-8."""
    return msgspec.json.encode(body)


def airy(body: Any) -> bytes:
    """JSON with spaces, and everything but ASCII escaped."""
    return json.dumps(body).encode()
