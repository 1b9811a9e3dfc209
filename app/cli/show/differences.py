"""Differences between rows, field by field."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from msgspec import UNSET, UnsetType
from rich.table import Table as Grid
from rich.text import Text

from app.cli.show.texts import said
from app.read.compare import Difference
from app.read.row_json import Plain

MOST = 200  # characters of a value


def grid(differences: Iterable[Difference], left: str, right: str) -> Grid:
    """A line for each; `left` and `right` are what the two sides are called."""
    table = Grid(box=None, padding=(0, 2), pad_edge=False, header_style="dim")
    table.add_column("field", no_wrap=True)
    table.add_column(left, overflow="fold", style="red")
    table.add_column(right, overflow="fold", style="green")
    for one in differences:
        table.add_row(said(one.field), value(one.left), value(one.right))
    return table


def arrow(difference: Difference) -> Text:
    """`status: open → resolved`."""
    line = said(f"{difference.field}: ")
    return line.append(value(difference.left)).append(" → ").append(value(difference.right))


def value(one: Plain | UnsetType) -> Text:
    if one is UNSET:
        return said("(not there)", "dim")
    text = one if isinstance(one, str) else msgspec.json.encode(one).decode()
    return said(text if len(text) <= MOST else text[: MOST - 1] + "…")


def as_json(difference: Difference, left: str, right: str) -> dict[str, Plain]:
    """`field` and both sides; a side that lacks it is left out."""
    sides = {left: difference.left, right: difference.right}
    there = {side: one for side, one in sides.items() if one is not UNSET}
    return {"field": difference.field, **there}
