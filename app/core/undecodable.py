"""Why a webhook cannot be decoded: what a dead letter says."""

from __future__ import annotations

from hashlib import blake2b
from typing import Literal

Reason = Literal[
    "not_json",
    "not_an_object",
    "unknown_event",
    "no_key",
    "schema_mismatch",
    "internal",
    "redriven",
]


NO_ENDPOINT = "no endpoint wrote it"
"""How the message begins of a record of the raw topic that is something else's."""
STORED_BEFORE = "it was stored before"
"""How the message begins where today's Hookline knows the event."""


class Undecodable(Exception):
    """A webhook that cannot be decoded. `path` is the JSON path at fault, "$" for the whole body;
    `event` the vendor's name for what it sent, where its record has none: it is not known.

    The message never quotes the body beyond a type name or an event name: bodies may hold secrets.
    """

    def __init__(
        self, reason: Reason, message: str, path: str = "$", event: str | None = None
    ) -> None:
        super().__init__(message)
        self.reason: Reason = reason
        self.path = path
        self.event = event


def fingerprint(type: str, error: Undecodable) -> str:
    """16 hex digits, the same for the same cause: vendor, event, reason and JSON path. `type` is
    the record's: `<vendor>.<event>`.
    """
    vendor, _, event = type.partition(".")
    cause = "\0".join((vendor, error.event or event, error.reason, error.path))
    return blake2b(cause.encode(errors="replace"), digest_size=8).hexdigest()
