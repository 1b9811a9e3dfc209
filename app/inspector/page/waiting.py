"""What the worker has not come to: of a key, and whether a raw record is among it."""

from __future__ import annotations

import msgspec

from app.core.webhook import Place
from app.inspector.page.port import Inspected


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """`webhooks` of a key, the first of them received at `since` (microseconds)."""

    webhooks: int
    since: int


def waiting(inspected: Inspected, key: str) -> Waiting | None:
    """None where nothing of a key waits. Raises UserError where no Kafka answers."""
    records = inspected.waiting(key)
    if not records:
        return None
    return Waiting(webhooks=len(records), since=min(one.received_at for one in records))


def waits(inspected: Inspected, place: Place) -> bool | None:
    """Whether the worker has not come to a raw record; None where nobody knows."""
    number, offset = place
    for one in inspected.partitions():
        if one.number == number and one.waiting is not None:
            return offset >= one.end - one.waiting
    return None
