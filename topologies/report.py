"""What became of the records of a batch, counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from app.core.projection import Projected
from app.core.undecodable import Undecodable

Pair = tuple[str, str]


def _pairs() -> Counter[Pair]:
    return Counter()


@dataclass(slots=True)
class Report:
    """By vendor and: what a record did to its row, its event, the reason of its dead letter.
    `drift` counts events with fields that their schema does not know.
    """

    effects: Counter[Pair] = field(default_factory=_pairs)
    events: Counter[Pair] = field(default_factory=_pairs)
    drift: Counter[Pair] = field(default_factory=_pairs)
    dead: Counter[Pair] = field(default_factory=_pairs)
    broken_clocks: Counter[str] = field(default_factory=Counter[str])

    def projected(self, one: Projected) -> None:
        """A record that became an event."""
        decoded = one.decoded
        assert decoded is not None
        vendor = decoded.schema[0]
        self.effects[vendor, one.effect] += 1
        self.events[vendor, decoded.type.name] += 1
        if decoded.event.extra:
            self.drift[vendor, decoded.type.name] += 1
        if one.broken_clock:
            self.broken_clocks[vendor] += 1

    def buried(self, vendor: str, error: Undecodable) -> None:
        """A record that became a dead letter; the vendor is empty where no endpoint wrote it."""
        self.dead[vendor, error.reason] += 1
