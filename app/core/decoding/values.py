"""Single values as JSON has them to values as Avro has them. Both paths use these."""

from __future__ import annotations

from functools import lru_cache

from app.core.times import micros

_LONG_MAX = 2**63 - 1

# One body states one time several times over, and bodies that follow one another state near ones:
# the memo is hit about every second time. It holds no state that could show.
micros_of = lru_cache(maxsize=4096)(micros)


def millis_of(seconds: float) -> int:
    """Seconds to whole milliseconds. Raises ValueError beyond 63 bits."""
    try:
        millis = round(seconds * 1000)
    except OverflowError:
        raise ValueError("it is out of range") from None
    if abs(millis) > _LONG_MAX:
        raise ValueError("it is out of range")
    return millis
