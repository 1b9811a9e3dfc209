"""Times as vendors spell them, to microseconds since the epoch (UTC)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST = 0
LATEST = 253_402_300_799_999_999  # the end of the year 9999
_MILLIS_BEGIN = 10**11  # smaller numbers are seconds, to the year 5138
_BASIC_DATE = 8  # digits of 20240115, the one text of digits alone that is a date
_MICROSECOND = timedelta(microseconds=1)
_JS_DATE = re.compile(
    r"\w{3} (\w{3} \d{2} \d{4} \d{2}:\d{2}:\d{2}) GMT([+-]\d{4})(?: \(.*\))?", re.ASCII
)


def micros(value: str | int | float) -> int:
    """Microseconds since the epoch of ISO 8601 text (no zone is UTC), JavaScript date text
    (`Fri Jul 23 2021 23:32:48 GMT+0530 (…)`), or a number of seconds, milliseconds or
    microseconds (told apart by size). Raises ValueError for anything else.
    """
    if type(value) is int and 0 <= value < _MILLIS_BEGIN:
        return value * 1_000_000
    at = _text_micros(value) if isinstance(value, str) else _number_micros(value)
    if not EARLIEST <= at <= LATEST:
        raise ValueError(f"the time {value!r} is outside the years 1970 to 9999")
    return at


def _text_micros(text: str) -> int:
    if len(text) != _BASIC_DATE and text.isdecimal():  # fromisoformat reads years in some of them
        return _odd_text_micros(text)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return _odd_text_micros(text)
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    since = at - EPOCH
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
    if not abs(number) < 1e18:  # neither is NaN; an integer of any length compares
        raise ValueError(f"{number!r} is not a time")
    if abs(number) < _MILLIS_BEGIN:
        return round(number * 1_000_000)
    if abs(number) < 1e14:
        return round(number * 1_000)  # milliseconds
    return round(number)
