"""What a query gives: as a table, as JSON, as CSV."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from itertools import groupby, islice
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table as Grid

from app.cli.show.output import console, print_json, say
from app.cli.show.texts import safe, safe_json, said
from app.cli.show.times import exact
from app.export.cells import as_json, csv_line, distinct, plain, words

SHOWN = 1_000
MOST = 10_000  # characters of a cell; a body may have a million
_NARROW = 8  # a column that has less room than this cannot be read

Row = Sequence[Any]


def print_table(columns: Sequence[str], rows: Iterable[Row]) -> None:
    """The first of them, and the first of each cell: they are held together. Where the columns do
    not fit side by side, a row is a block of lines.
    """
    cells = _Cells()
    taken = [[cells.cell(value) for value in row] for row in islice(rows, SHOWN + 1)]
    shown, out = taken[:SHOWN], console()
    if len(columns) * _NARROW > out.width:
        _print_blocks(out, columns, shown)
    else:
        out.print(_grid(columns, shown))
    if len(taken) > SHOWN:
        say(f"The first {SHOWN:,} rows: --json and --csv print all.")
    if cells.are_cut:
        say(f"The first {MOST:,} characters of long values: --json and --csv print all.")


class _Cells:
    """Values made ready to be shown; numbers stay numbers, and None is None."""

    def __init__(self) -> None:
        self.are_cut = False

    def cell(self, value: Any) -> Any:
        shown = plain(value, exact)
        if _is_number(shown):
            return shown
        text = words(shown)
        if len(text) <= MOST:
            return text
        self.are_cut = True
        return text[: MOST - 1] + "…"


def _grid(columns: Sequence[str], rows: Sequence[Row]) -> Grid:
    grid = Grid(box=None, pad_edge=False)
    for number, name in enumerate(columns):
        numbers = all(_is_number(row[number]) for row in rows) and bool(rows)
        grid.add_column(
            said(name), justify="right" if numbers else "left", overflow="fold", no_wrap=False
        )
    for row in rows:
        grid.add_row(*(said(words(value)) for value in row))
    return grid


def _print_blocks(out: Console, columns: Sequence[str], rows: Sequence[Row]) -> None:
    for number, row in enumerate(rows, 1):
        grid = Grid.grid(padding=(0, 2, 0, 0))
        grid.add_column(no_wrap=True, style="cyan")
        grid.add_column(overflow="fold")
        for name, value in zip(columns, row, strict=True):
            if value is not None:
                grid.add_row(said(name), said(words(value)))
        out.print(said(f"row {number}", "bold"))
        out.print(Padding(grid, (0, 0, 0, 2), expand=False))


def _is_number(value: object) -> bool:
    return value is None or (isinstance(value, (int, float)) and not isinstance(value, bool))


def print_json_rows(columns: Sequence[str], rows: Iterable[Row]) -> None:
    """An array of objects, a line each, as they come."""
    names = list(distinct(columns))
    out, before = sys.stdout.buffer, b"[\n"
    for row in rows:
        out.write(before + safe_json(as_json(dict(zip(names, map(plain, row), strict=True)))))
        before = b",\n"
    out.write(b"[]\n" if before == b"[\n" else b"\n]\n")
    out.flush()


def print_csv(columns: Sequence[str], rows: Iterable[Row]) -> None:
    """As RFC 4180 has it, in UTF-8; a terminal gets it without what would steer it."""
    out, line_of = sys.stdout.buffer, _safe_csv_line if sys.stdout.isatty() else csv_line
    out.write(line_of(columns).encode())
    for row in rows:
        out.write(line_of([plain(value) for value in row]).encode())
    out.flush()


def _safe_csv_line(values: Sequence[Any]) -> str:
    return safe(csv_line(values).removesuffix("\r\n")) + "\r\n"


def print_tables(columns: Iterable[tuple[str, str, str]], in_json: bool) -> None:
    """Each table, and its columns with their types."""
    by_table = groupby(columns, lambda column: column[0])
    tables = {name: [(column, kind) for _, column, kind in of] for name, of in by_table}
    if in_json:
        print_json({"items": [_table_json(*item) for item in tables.items()]})
        return
    out = console()
    for name, of in tables.items():
        grid = Grid.grid(padding=(0, 2, 0, 0))
        grid.add_column(no_wrap=True, style="cyan")
        grid.add_column(overflow="fold")
        for column, kind in of:
            grid.add_row(said(column), said(kind))
        out.print(said(name, "bold"))
        out.print(Padding(grid, (0, 0, 0, 2), expand=False))


def _table_json(name: str, columns: Sequence[tuple[str, str]]) -> dict[str, Any]:
    return {"table": name, "columns": [{"name": one, "type": kind} for one, kind in columns]}
