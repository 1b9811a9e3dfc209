"""Single values as JSON has them to values as Avro has them. Both paths use these."""

from __future__ import annotations

from functools import lru_cache

from app.core.times import micros

_LONG_MAX = 2**63 - 1

TO_THE_SECOND = len("2026-03-25T18:30:00Z")

# One body states one time several times over, and bodies that follow one another state near ones:
# of times to the second two in three are found here. Finer ones hardly ever come twice, and a memo
# that misses costs more than the reading. It holds no state that could show.
second_micros = lru_cache(maxsize=4096)(micros)


def millis_of(seconds: float) -> int:
    """Seconds to whole milliseconds. Raises ValueError beyond 63 bits."""
    try:
        millis = round(seconds * 1000)
    except OverflowError:
        raise ValueError("it is out of range") from None
    if abs(millis) > _LONG_MAX:
        raise ValueError("it is out of range")
    return millis
