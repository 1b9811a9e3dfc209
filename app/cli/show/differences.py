"""Differences between rows, field by field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec
from msgspec import UNSET, UnsetType
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.table import Table as Grid
from rich.text import Text

from app.cli.show.columns import width_of
from app.cli.show.output import WIDE
from app.cli.show.texts import said
from app.read.compare import Difference
from app.read.row_json import Plain

MOST = 200  # characters of a value


def grid(differences: Iterable[Difference], left: str, right: str) -> RenderableType:
    """A line for each, or three where there is little room; `left` and `right` are what the two
    sides are called.
    """
    return _Grid(list(differences), left, right)


class _Grid:
    def __init__(self, differences: Sequence[Difference], left: str, right: str) -> None:
        self._differences = differences
        self._left = left
        self._right = right

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield self._columns(options.max_width) if options.max_width >= WIDE else self._lines()

    def _columns(self, width: int) -> Grid:
        table = Grid(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
        fields = [said(one.field) for one in self._differences]
        field = width_of([*fields, Text("field")], width // 2)
        table.add_column("field", overflow="fold", width=field)
        table.add_column(self._left, overflow="fold", style="red")
        table.add_column(self._right, overflow="fold", style="green")
        for name, one in zip(fields, self._differences, strict=True):
            table.add_row(name, value(one.left), value(one.right))
        return table

    def _lines(self) -> Group:
        return Group(*(line for one in self._differences for line in self._three(one)))

    def _three(self, one: Difference) -> Iterator[RenderableType]:
        yield said(one.field)
        sides = Grid.grid(padding=(0, 2, 0, 0))
        sides.add_column(style="dim", no_wrap=True)
        sides.add_column(overflow="fold")
        sides.add_row(f"  {self._left}", value(one.left))
        sides.add_row(f"  {self._right}", value(one.right))
        yield sides


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
