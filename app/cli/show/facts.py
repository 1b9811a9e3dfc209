"""Label and value, one fact a line: the form in which one thing is shown."""

from __future__ import annotations

from rich.console import Console, RenderableType
from rich.table import Table as Grid
from rich.text import Text

from app.cli.show.columns import width_of
from app.cli.show.texts import said
from app.cli.show.times import ago, clock

LABEL = "dim"


class Facts:
    """Collects lines; what is None or empty is left out."""

    def __init__(self, now: int) -> None:
        self._now = now
        self._lines: list[tuple[str, RenderableType]] = []

    def add(self, label: str, *parts: str | None, style: str = "") -> None:
        """The parts that there are, with dots between."""
        there = [part for part in parts if part]
        if there:
            self._lines.append((label, said(" · ".join(there), style)))

    def time(self, label: str, at: int | None, note: str = "") -> None:
        if at is not None:
            line = said(f"{clock(at)}  ")
            line.append(ago(at, self._now), style="cyan")
            self._lines.append((label, line.append(f"  {note}" if note else "")))

    def block(self, label: str, content: RenderableType) -> None:
        self._lines.append((label, content))

    def print(self, console: Console, title: Text) -> None:
        console.print(title)
        grid = Grid.grid(padding=(0, 2))
        labels = [said(f"  {label}") for label, _ in self._lines]
        grid.add_column(style=LABEL, overflow="fold", width=width_of(labels, console.width // 2))
        grid.add_column(overflow="fold")
        for label, (_, value) in zip(labels, self._lines, strict=True):
            grid.add_row(label, value)
        console.print(grid)
