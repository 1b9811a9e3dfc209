"""Times as vendors spell them. All take microseconds since the epoch (UTC)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MS = 1_000
SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def moment(at: int) -> datetime:
    return EPOCH + timedelta(microseconds=at)


def iso(at: int, zone: str = "Z") -> str:
    """`2026-03-25T18:30:00Z`, with milliseconds or microseconds only where there are any."""
    rest = at % SECOND
    fraction = "" if not rest else f".{rest // MS:03d}" if rest % MS == 0 else f".{rest:06d}"
    return f"{moment(at):%Y-%m-%dT%H:%M:%S}{fraction}{zone}"


def spaced(at: int) -> str:
    """`2020-03-03 13:05:57 UTC`: whole seconds."""
    return f"{moment(at):%Y-%m-%d %H:%M:%S} UTC"


def unix(at: int) -> int:
    """Whole seconds."""
    return at // SECOND


def unix_float(at: int) -> float:
    return at / SECOND


def epoch_ms(at: int) -> int:
    return at // MS


def js_date(at: int) -> str:
    """`Fri Jul 23 2021 23:32:48 GMT+0800 (…)`: whole seconds, as a browser in that zone writes."""
    local = moment(at) + timedelta(hours=8)
    return f"{local:%a %b %d %Y %H:%M:%S} GMT+0800 (China Standard Time)"
