"""What became of the records of a batch, counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from app.core.catalogue import SchemaName
from app.core.projection import Projected


@dataclass(slots=True)
class Report:
    """`drift` counts events with fields that their schema does not know, by schema."""

    effects: Counter[str] = field(default_factory=Counter[str])
    dead: Counter[str] = field(default_factory=Counter[str])
    drift: Counter[SchemaName] = field(default_factory=Counter[SchemaName])
    broken_clocks: int = 0

    def count(self, projected: Projected) -> None:
        self.effects[projected.effect] += 1
        self.broken_clocks += projected.broken_clock
        if projected.decoded is not None and projected.decoded.event.extra:
            self.drift[projected.decoded.schema] += 1
