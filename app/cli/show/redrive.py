"""What a redrive did, or would do."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table as Grid

from app.cli.show.differences import grid
from app.cli.show.rows import phase
from app.cli.show.texts import said
from app.redrive.outcome import Outcome, Remains, RowChange

_LETTERS = 10  # raw places shown of one row


def print_change(console: Console, change: RowChange) -> None:
    """Of one row, field by field."""
    title = said(change.key, "bold").append("  ").append(phase(change.after.phase))
    if change.before is None:
        title.append("  new", "green")
    shown = change.letters[:_LETTERS]
    more = len(change.letters) - len(shown)
    places = ", ".join(shown) + (f" and {more} more" if more else "")
    console.print(title.append(f"  by {places}", "dim"))
    console.print(grid(change.differences, "before", "after"))


def print_outcome(console: Console, outcome: Outcome, *, dry_run: bool) -> None:
    effects = ", ".join(f"{n:,} {effect}" for effect, n in sorted(outcome.effects.items()))
    done = "would be redriven" if dry_run else "redriven"
    done += f": {effects}." if effects else "."
    console.print(said(f"{_letters(outcome.redriven)} {done}", "bold"))
    if outcome.closed_before:
        console.print(said(f"{_letters(outcome.closed_before)} redriven before."))
    if outcome.remaining:
        stay = "would remain" if dry_run else "remained"
        console.print(said(f"{_letters(outcome.remained)} {stay} dead:"))
        console.print(_remaining(outcome.remaining))


def _letters(count: int) -> str:
    return "1 letter" if count == 1 else f"{count:,} letters"


def _remaining(causes: list[Remains]) -> Grid:
    table = Grid(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    table.add_column("count", justify="right", no_wrap=True)
    table.add_column("event", overflow="fold")
    table.add_column("was", overflow="fold", style="red")
    table.add_column("today", overflow="fold", style="red")
    table.add_column("example", no_wrap=True)
    for one in causes:
        today = f"{one.today.reason} {one.today.path}" if one.changed else "still"
        table.add_row(
            said(f"{one.count:,}"),
            said(f"{one.vendor}.{one.event}"),
            said(f"{one.was.reason} {one.was.path}"),
            said(f"{today}: {one.today.message}"),
            said(one.example),
        )
    return table
