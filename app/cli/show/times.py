"""Times and durations as a person reads them, and as a person writes them."""

from __future__ import annotations

import re

from app.core.times import EARLIEST, LATEST, OutOfRange, micros
from app.core.webhook import iso

SECOND = 1_000_000
MILLISECOND = 1_000
_UNITS = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))
_GIVEN = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 7 * 86_400}


def clock(at: int) -> str:
    """A time in microseconds: `2026-06-01 12:00:00Z`."""
    return iso(at)[:19].replace("T", " ") + "Z"


def exact(at: int) -> str:
    """The same to the microsecond, to be given back as it stands: `2026-06-01T12:00:00.000000Z`;
    whole seconds without a fraction.
    """
    text = iso(at)
    return text.replace(".000000Z", "Z")


def duration(length: int) -> str:
    """Microseconds in the two largest units that count: `2 h 5 min`; `0.4 s` under a second."""
    seconds = length // SECOND
    if seconds < 1:
        return f"{length / SECOND:.1f} s"
    for n, (unit, size) in enumerate(_UNITS):
        if seconds >= size:
            first = f"{seconds // size} {unit}"
            if n + 1 == len(_UNITS):
                return first
            smaller, its_size = _UNITS[n + 1]
            rest = seconds % size // its_size
            return f"{first} {rest} {smaller}" if rest else first
    raise AssertionError(length)


def ago(at: int, now: int) -> str:
    """How long before now a time was: `3 min 10 s ago`, `just now`, `in 5 min`."""
    if abs(now - at) < SECOND:
        return "just now"
    return f"{duration(now - at)} ago" if at <= now else f"in {duration(at - now)}"


def parse_duration(text: str) -> int:
    """`90s`, `30m`, `2h`, `7d`, `1w`, to microseconds. Raises ValueError."""
    length = _length(text)
    if length is None:
        raise ValueError(f"{text!r} is no duration: write 90s, 30m, 2h, 7d or 1w")
    if length > LATEST:
        raise ValueError(f"{text!r} is too long: take less than 8,000 years")
    return length


def _length(text: str) -> int | None:
    """Of a duration, however long, in microseconds; None for what is none."""
    given = re.fullmatch(r"(\d{1,18})\s*([smhdw])", text.strip().lower())
    return None if given is None else int(given[1]) * _GIVEN[given[2]] * SECOND


def parse_time(text: str, now: int) -> int:
    """ISO 8601 (no zone is UTC), or a duration for that long ago. Raises ValueError."""
    try:
        length = _length(text)
        if length is not None:
            return _in_range(text, now - length)
        if text.isdigit():
            raise ValueError
        return micros(text)
    except OutOfRange:
        raise ValueError(f"{text!r} is out of range: times are of the years 1970 to 9999") from None
    except ValueError:
        raise ValueError(
            f"{text!r} is no time: write 2026-06-01, 2026-06-01T12:00:00Z, or 2h for two hours ago"
        ) from None


def _in_range(text: str, at: int) -> int:
    if not EARLIEST <= at <= LATEST:
        raise OutOfRange(text)
    return at
