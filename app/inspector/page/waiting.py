"""Whether a raw record is among what the worker has not come to."""

from __future__ import annotations

from app.core.webhook import Place
from app.inspector.page.port import Inspected


def waits(inspected: Inspected, place: Place) -> bool | None:
    """Whether the worker has not come to a raw record; None where nobody knows."""
    number, offset = place
    for one in inspected.partitions():
        if one.number == number and one.waiting is not None:
            return offset >= one.end - one.waiting
    return None
