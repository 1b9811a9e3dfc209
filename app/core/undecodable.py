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


class Undecodable(Exception):
    """A webhook that cannot be decoded. `path` is the JSON path at fault, "$" for the whole body.

    The message never quotes the body beyond a type name or an event name: bodies may hold secrets.
    """

    def __init__(self, reason: Reason, message: str, path: str = "$") -> None:
        super().__init__(message)
        self.reason: Reason = reason
        self.path = path


def fingerprint(vendor: str, event: str, reason: Reason, path: str) -> str:
    """16 hex digits, the same for the same cause: vendor, event, reason and JSON path."""
    cause = "\0".join((vendor, event, reason, path))
    return blake2b(cause.encode(), digest_size=8).hexdigest()
