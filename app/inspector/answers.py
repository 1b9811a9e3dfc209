"""What the schema registry's API answers: content, or one of its errors."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

REGISTRY = "application/vnd.schemaregistry.v1+json"
_encode = msgspec.json.Encoder().encode


class Answer(NamedTuple):
    """A status and a body."""

    status: int
    body: bytes
    content_type: str = REGISTRY


class Refusal(Exception):
    """An error as Confluent's registry words it: its first three digits are the HTTP status."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code

    def answer(self) -> Answer:
        status = int(str(self.code)[:3])
        return Answer(status, _encode({"error_code": self.code, "message": str(self)}))


def ok(content: Any) -> Answer:
    """200 with JSON."""
    return Answer(200, _encode(content))


def no_subject(subject: str) -> Refusal:
    return Refusal(40401, f"Subject '{subject}' not found.")


def no_version(version: object) -> Refusal:
    return Refusal(40402, f"Version {version} not found.")


def no_schema(what: str) -> Refusal:
    return Refusal(40403, f"Schema {what} not found")


def no_page() -> Refusal:
    return Refusal(404, "HTTP 404 Not Found")


def bad_version(text: str) -> Refusal:
    return Refusal(
        42202,
        f"The specified version '{text}' is not a valid version id. Allowed values are between "
        '[1, 2^31-1] and the string "latest"',
    )


def read_only() -> Refusal:
    return Refusal(
        42205,
        "This registry is read-only: it serves the schemas of this Hookline, which change only "
        "with its release",
    )
