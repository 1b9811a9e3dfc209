"""One webhook in the history of a row."""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from app.core.webhook import Headers
from app.read.avro_json import Plain

Badge = Literal[
    "duplicate",
    "late",
    "broken_clock",
    "dead_letter",
    "redriven",
    "stands_in",
    "event_only",
    "waiting",
    "not_in_row",
]
BADGES: dict[Badge, tuple[str, str]] = {
    "duplicate": ("duplicate", "An equal body was applied before: it changes nothing."),
    "late": ("late", "Its event time is before one that the row had already."),
    "broken_clock": ("broken clock", "Its event time is more than a day after its receipt."),
    "dead_letter": ("dead letter", "It could not be decoded."),
    "redriven": ("redriven", "It was a dead letter; another record stands in for it."),
    "stands_in": ("stands in", "It stands in for a dead letter."),
    "event_only": ("event only", "An event that changes no row."),
    "waiting": ("waiting", "The worker has not come to it."),
    "not_in_row": ("not in row", "The row lacks it, although the worker has passed it."),
}
"""Each badge: its words, and what it means."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One field of a row, from what it was to what it is; UNSET where it was not there or no
    longer is. `path` is as in `app.read.compare`: `contact.name`, `recent_messages[17].text`.
    """

    path: str
    before: Plain | UnsetType = UNSET
    after: Plain | UnsetType = UNSET


class Why(msgspec.Struct, frozen=True, kw_only=True):
    """Why a webhook is a dead letter: see app.core.undecodable."""

    reason: str
    path: str
    message: str
    fingerprint: str


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """A webhook, and what it changed in its row.

    Times in microseconds: `event_at` is what the body states, None where it states none or cannot
    be decoded. `why` is a dead letter's, None where the letter has expired and the record decodes
    today; `redriven_as` is the place (`<partition>:<offset>`) of the record that stands in for
    it, `stands_in_for` the other way round. `event` is None where it cannot be decoded, and with
    it `schema_version`. `changes` are those of the fields that readers see, in the row's order;
    None where earlier webhooks have expired, so that nobody can tell.
    """

    partition: int
    offset: int
    id: str
    type: str
    received_at: int
    event_at: int | None
    badges: list[Badge]
    changes: list[Change] | None
    schema_version: int | None
    why: Why | None
    redriven_as: str | None
    stands_in_for: str | None
    delivery: str | None
    event: dict[str, Plain] | None
    headers: Headers
    content_type: str
    body: bytes

    @property
    def raw(self) -> str:
        """Its place on the raw log."""
        return f"{self.partition}:{self.offset}"

    @property
    def lateness(self) -> int | None:
        """How long after its event it was received, in microseconds; negative where the vendor's
        clock is ahead.
        """
        return None if self.event_at is None else self.received_at - self.event_at
