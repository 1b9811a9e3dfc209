"""A change of a row: when, which, what it was and what it is."""

from __future__ import annotations

from typing import Any

from rich.console import Console

from app.cli.show.differences import arrow, as_json
from app.cli.show.rows import phase
from app.cli.show.texts import said
from app.cli.show.times import clock
from app.core.webhook import iso
from app.read.changes import Change
from app.read.row_json import RowJson
from app.read.rows import found_json


def print_change(console: Console, change: Change) -> None:
    after = change.after
    title = said(f"{clock(after.written_at)}  ", "cyan").append(said(after.key, "bold"))
    title.append("  ").append(phase(after.row.phase))
    if change.before is None:
        title.append("  new", "green")
    elif not change.differences:
        title.append("  a duplicate, or nothing new in it", "dim")
    console.print(title)
    for difference in change.differences:
        console.print("   ", arrow(difference))


def change_json(change: Change, rows: RowJson) -> dict[str, Any]:
    return {
        "at": iso(change.after.written_at),
        "key": change.after.key,
        "new": change.before is None,
        "changes": [as_json(one, "from", "to") for one in change.differences],
        "row": found_json(change.after, rows),
    }
