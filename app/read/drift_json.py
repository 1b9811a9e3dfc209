"""Drift as JSON, times as ISO text."""

from __future__ import annotations

from app.core.webhook import iso
from app.read.drift import Drift


def drift_json(one: Drift) -> dict[str, object]:
    """`example` is the JSON text of one value."""
    return {
        "vendor": one.vendor,
        "event": one.event,
        "field": one.field,
        "count": one.count,
        "types": one.types,
        "first_seen": iso(one.first_seen),
        "last_seen": iso(one.last_seen),
        "example": one.example,
    }
