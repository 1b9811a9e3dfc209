"""What an export wrote."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.table import Table as Grid

from app.cli.show.output import console, say
from app.cli.show.texts import one_line, said
from app.export.folder import Written
from app.export.line import Unreadable
from app.export.run import Taken

_UNITS = ("B", "kB", "MB", "GB", "TB")


def print_taken(out: Path, written: Sequence[Written], taken: Taken) -> None:
    grid = Grid.grid(padding=(0, 2, 0, 0))
    grid.add_column(overflow="fold")
    grid.add_column(justify="right")
    grid.add_column(justify="right")
    for one in written:
        rows = _many(taken.rows[one.table], "row")
        grid.add_row(said(str(one.path)), said(rows), said(size(one.bytes)))
    if written:
        console().print(grid)
    rows = _many(taken.rows.total(), "row")
    total = size(sum(one.bytes for one in written))
    print(f"{_many(len(written), 'file')} in {one_line(str(out))}: {rows}, {total}.")
    say_unreadable(taken.unreadable)


def say_unreadable(unreadable: Unreadable) -> None:
    if not unreadable.count:
        return
    were = (
        "1 record could not be read and is"
        if unreadable.count == 1
        else (f"{unreadable.count:,} records could not be read and are")
    )
    more = ", …" if unreadable.count > len(unreadable.shown) else ""
    say(f"{were} left out: {one_line('; '.join(unreadable.shown))}{more}")


def taken_json(out: Path, written: Sequence[Written], taken: Taken) -> dict[str, Any]:
    files = [
        {
            "table": one.table,
            "file": str(one.path),
            "rows": taken.rows[one.table],
            "bytes": one.bytes,
        }
        for one in written
    ]
    return {
        "folder": str(out),
        "files": files,
        "rows": taken.rows.total(),
        "bytes": sum(one.bytes for one in written),
        "unreadable": {"count": taken.unreadable.count, "examples": taken.unreadable.shown},
    }


def size(count: int) -> str:
    """Bytes, in a unit that leaves at most three digits before the point."""
    amount, unit = float(count), 0
    while amount >= 1_000 and unit < len(_UNITS) - 1:
        amount, unit = amount / 1_000, unit + 1
    return f"{amount:.{int(unit > 0 and amount < 10)}f} {_UNITS[unit]}"


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"
