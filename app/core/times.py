"""Times as vendors spell them, to microseconds since the epoch (UTC)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_WITHOUT_ZONE = datetime(1970, 1, 1)
_read_iso = datetime.fromisoformat
EARLIEST = 0
LATEST = 253_402_300_799_999_999  # the end of the year 9999
SECONDS_END = 10**11  # smaller numbers are seconds, to the year 5138
_MILLIS_END = 10**14  # and these milliseconds; greater ones are microseconds
_BASIC_DATE = 8  # digits of 20240115, the one text of digits alone that is a date
_MICROSECOND = timedelta(microseconds=1)
_JS_DATE = re.compile(
    r"\w{3} (\w{3} \d{2} \d{4} \d{2}:\d{2}:\d{2}) GMT([+-]\d{4})(?: \(.*\))?", re.ASCII
)


class OutOfRange(ValueError):
    """A time that is none of the years 1970 to 9999."""


def micros(value: str | int | float) -> int:
    """Microseconds since the epoch of ISO 8601 text (no zone is UTC), JavaScript date text
    (`Fri Jul 23 2021 23:32:48 GMT+0530 (…)`), or a number of seconds, milliseconds or
    microseconds (told apart by size). Raises ValueError for anything else, OutOfRange for other
    years.
    """
    if type(value) is int and 0 <= value < _MILLIS_END:  # the usual number
        return value * (1_000_000 if value < SECONDS_END else 1_000)
    at = _text_micros(value) if isinstance(value, str) else _number_micros(value)
    if EARLIEST <= at <= LATEST:
        return at
    raise OutOfRange(f"the time {value!r} is outside the years 1970 to 9999")


def _text_micros(text: str) -> int:
    if text.isdecimal() and len(text) != _BASIC_DATE:  # fromisoformat reads years in some of them
        return _odd_text_micros(text)
    try:
        at = _read_iso(text)
    except ValueError:
        return _odd_text_micros(text)
    since = at - (_EPOCH_WITHOUT_ZONE if at.tzinfo is None else EPOCH)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def _odd_text_micros(text: str) -> int:
    text = text.strip()
    if (date := _JS_DATE.fullmatch(text)) is not None:
        at = datetime.strptime(f"{date[1]} {date[2]}", "%b %d %Y %H:%M:%S %z")
        return (at - EPOCH) // _MICROSECOND
    if text.endswith(" UTC"):
        return _text_micros(text[:-4] + "+00:00")
    if re.fullmatch(r"-?\d+(\.\d+)?", text, re.ASCII):
        return _number_micros(float(text) if "." in text else int(text))
    raise ValueError(f"{text[:64]!r} is not a time")


def _number_micros(number: int | float) -> int:
    size = abs(number)
    if size < SECONDS_END:
        return round(number * 1_000_000)
    if size < _MILLIS_END:
        return round(number * 1_000)  # milliseconds
    if not size < 1e18:  # neither is NaN; an integer of any length compares
        raise ValueError(f"{number!r} is not a time")
    return round(number)
