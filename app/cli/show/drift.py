"""Drift as people read it."""

from __future__ import annotations

from collections.abc import Iterable

from rich.table import Table

from app.cli.show.texts import said
from app.core.webhook import iso
from app.read.drift import Drift

_COLUMNS = ("vendor", "event", "field", "types", "events", "first seen", "last seen")


def drift_table(found: Iterable[Drift]) -> Table:
    """A line a field, times to the second."""
    table = Table(*_COLUMNS, box=None)
    for one in found:
        seen = (iso(one.first_seen)[:19], iso(one.last_seen)[:19])
        types = ", ".join(one.types)
        words = (one.vendor, one.event, one.field, types, f"{one.count:,}", *seen)
        table.add_row(*map(said, words))
    return table
