"""What became of the records of a batch, counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from app.core.projection import Projected
from app.core.undecodable import Undecodable

Pair = tuple[str, str]

Alike = tuple[str, str, str, bool, bool, bool]
"""Vendor, event, what it did to its row, whether it was late, whether it has fields that its schema
does not know, and a broken clock. Few in a batch, whatever its size: records are counted by that
alone."""


@dataclass(slots=True)
class Report:
    """`dead`: by vendor and reason; `redriven`: by vendor, those that stand in for dead letters."""

    alike: dict[Alike, int] = field(default_factory=dict[Alike, int])
    dead: Counter[Pair] = field(default_factory=Counter[Pair])
    redriven: Counter[str] = field(default_factory=Counter[str])

    def projected(self, one: Projected) -> None:
        """A record that became an event."""
        decoded = one.decoded
        assert decoded is not None
        extra = bool(decoded.event.extra)
        event = decoded.schema[0], decoded.type.name
        alike = *event, one.effect, one.late, extra, one.broken_clock
        self.alike[alike] = self.alike.get(alike, 0) + 1
        if one.record.redrive is not None:
            self.redriven[decoded.schema[0]] += 1

    def buried(self, vendor: str, error: Undecodable) -> None:
        """A record that became a dead letter; the vendor is empty where no endpoint wrote it."""
        self.dead[vendor, error.reason] += 1
