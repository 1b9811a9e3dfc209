"""Times and lengths as the page shows them: short, for many stand side by side."""

from __future__ import annotations

from app.core.webhook import iso

SECOND = 1_000_000
_UNITS = (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1))


def clock(at: int) -> str:
    """Microseconds since the epoch: `2026-06-01 12:00:00`."""
    return iso(at)[:19].replace("T", " ")


def length(micros: int) -> str:
    """In the two largest units that count: `2h 5m`; `0.4s` under a second."""
    seconds = abs(micros) // SECOND
    if seconds < 1:
        return f"{abs(micros) / SECOND:.1f}s"
    for n, (unit, size) in enumerate(_UNITS):
        if seconds >= size:
            rest = seconds % size
            if n + 1 == len(_UNITS) or rest < _UNITS[n + 1][1]:
                return f"{seconds // size}{unit}"
            smaller, its_size = _UNITS[n + 1]
            return f"{seconds // size}{unit} {rest // its_size}{smaller}"
    raise AssertionError(micros)


def ago(at: int, now: int) -> str:
    """`42s ago`, `3m ago`, `2h 5m ago`, `just now`, `in 5m`."""
    if abs(now - at) < SECOND:
        return "just now"
    minute = 60 * SECOND
    between = abs(now - at)
    short = length(between if between < minute else between - between % minute)
    return f"{short} ago" if at <= now else f"in {short}"


def lateness(micros: int) -> str:
    """How long after its event a webhook was received; a second or less is no news."""
    if abs(micros) <= SECOND:
        return ""
    return f"+{length(micros)}" if micros > 0 else f"-{length(micros)}"
