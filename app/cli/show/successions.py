"""What `replay diff` found."""

from __future__ import annotations

from rich.console import Console
from rich.padding import Padding
from rich.table import Table as Grid

from app.cli.show.differences import grid, value
from app.cli.show.output import say
from app.cli.show.texts import said
from app.replay.comparison import Compared, visible
from app.replay.succession import MEANS, OTHER, Succession

_FIELDS = 30


def print_succession(console: Console, one: Succession) -> None:
    title = said(one.key, "bold").append(f"  {one.verdict}", "yellow")
    console.print(title)
    if one.why is not None:
        console.print("   ", said(f"the live one is no row: {one.why}"))
    elif one.verdict != "changed":
        console.print("   ", said(MEANS[one.verdict]))
    elif shown := visible(one.differences):
        console.print(Padding(grid(shown, "live", "shadow"), (0, 0, 0, 2), expand=False))
    else:
        console.print("   ", said("only in what readers do not see: its ledger and fold"))


def print_compared(console: Console, compared: Compared, *, shown: int, name: str) -> None:
    """Counts, fields, and what to do next."""
    others = compared.others
    if others > shown:
        say(f"The first {shown} of {others:,} that would be others: --limit shows more.")
    total = sum(compared.rows.values())
    counts = ", ".join(f"{count:,} {verdict}" for verdict, count in compared.counts())
    console.print(said(f"{total:,} {'row' if total == 1 else 'rows'}: {counts or 'none'}.", "bold"))
    for verdict, count in compared.counts():
        if verdict not in ("equal", *OTHER):
            console.print(said(f"{count:,} {verdict}: {MEANS[verdict]}."))
    if compared.fields:
        console.print(_fields(compared))
    if others:
        console.print(said(f"To make them the live ones: hookline replay cutover {name}"))


def _fields(compared: Compared) -> Grid:
    table = Grid(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for column in ("field", "rows", "live", "shadow", "for example in"):
        table.add_column(column, overflow="fold", justify="right" if column == "rows" else "left")
    for name, field in compared.by_rows()[:_FIELDS]:
        example = field.example
        sides = ("", "") if example is None else (value(example.left), value(example.right))
        table.add_row(said(name), f"{field.rows:,}", *sides, said(field.key))
    return table
