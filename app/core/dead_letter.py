"""A dead letter: the body as in raw, and in its headers what is wrong with it and where it lies.

One that was redriven is closed by a record without a body, of the letter's headers but for these:
the reason is `redriven`, and `hookline_redriven` is where the copy lies that stands in for it.
"""

from __future__ import annotations

from app.core.undecodable import Undecodable, fingerprint
from app.core.webhook import Headers, Place

REDRIVEN = "redriven"
REASON = "hookline_reason"
FINGERPRINT = "hookline_fingerprint"
EVENT = "hookline_event"
RAW = "hookline_raw"
COPY = "hookline_redriven"
_ERRORS = "__connect.errors."


def raw_place(partition: int, offset: int) -> bytes:
    """`<partition>:<offset>` of a raw record."""
    return b"%d:%d" % (partition, offset)


def dead_letter_headers(
    raw_headers: Headers, topic: str, partition: int, offset: int, error: Undecodable
) -> Headers:
    """The raw record's headers, then Kafka Connect's names for what failed and where, then
    Hookline's reason and fingerprint (the same for the same vendor, event, reason and path), and
    the event's name where it is not the type's.
    """
    print_ = fingerprint(_text(raw_headers, "ce_type"), error)
    named = [] if error.event is None else [(EVENT, error.event.encode())]
    return [
        *raw_headers,
        (f"{_ERRORS}topic", topic.encode()),
        (f"{_ERRORS}partition", b"%d" % partition),
        (f"{_ERRORS}offset", b"%d" % offset),
        (f"{_ERRORS}stage", b"VALUE_CONVERTER"),
        (f"{_ERRORS}exception.class.name", type(error).__qualname__.encode()),
        (f"{_ERRORS}exception.message", f"{error} (at {error.path})".encode()),
        (REASON, error.reason.encode()),
        *named,
        (FINGERPRINT, print_.encode()),
        (RAW, raw_place(partition, offset)),
    ]


def closing_headers(letter: Headers, copy: Place) -> Headers:
    """Of the record that closes a letter; `copy` is the place of the raw record appended for it."""
    kept = [header for header in letter if header[0] not in {REASON, COPY}]
    return [*kept, (REASON, REDRIVEN.encode()), (COPY, raw_place(*copy))]


def _text(headers: Headers, name: str) -> str:
    return next((value.decode(errors="replace") for key, value in headers if key == name), "")
