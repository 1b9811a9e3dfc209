"""What became of the records of a batch, counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from app.core.projection import Projected
from app.core.undecodable import Undecodable

Pair = tuple[str, str]

Alike = tuple[str, str, str, bool, bool]
"""Vendor, event, what it did to its row, whether it has fields that its schema does not know,
and a broken clock. Few in a batch, whatever its size: records are counted by that alone."""


def _pairs() -> Counter[Pair]:
    return Counter()


@dataclass(slots=True)
class Report:
    """By vendor and: what a record did to its row, its event, the reason of its dead letter."""

    alike: dict[Alike, int] = field(default_factory=dict[Alike, int])
    dead: Counter[Pair] = field(default_factory=_pairs)

    def projected(self, one: Projected) -> None:
        """A record that became an event."""
        decoded = one.decoded
        assert decoded is not None
        extra = bool(decoded.event.extra)
        alike = decoded.schema[0], decoded.type.name, one.effect, extra, one.broken_clock
        self.alike[alike] = self.alike.get(alike, 0) + 1

    def buried(self, vendor: str, error: Undecodable) -> None:
        """A record that became a dead letter; the vendor is empty where no endpoint wrote it."""
        self.dead[vendor, error.reason] += 1

    @property
    def effects(self) -> Counter[Pair]:
        counted = _pairs()
        for (vendor, _, effect, _, _), count in self.alike.items():
            counted[vendor, effect] += count
        return counted

    @property
    def events(self) -> Counter[Pair]:
        counted = _pairs()
        for (vendor, event, _, _, _), count in self.alike.items():
            counted[vendor, event] += count
        return counted

    @property
    def drift(self) -> Counter[Pair]:
        """Events with fields that their schema does not know."""
        counted = _pairs()
        for (vendor, event, _, extra, _), count in self.alike.items():
            counted[vendor, event] += count * extra
        return +counted

    @property
    def broken_clocks(self) -> Counter[str]:
        """By vendor alone."""
        counted = Counter[str]()
        for (vendor, _, _, _, broken), count in self.alike.items():
            counted[vendor] += count * broken
        return +counted
