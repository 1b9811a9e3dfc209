"""`hookline state list` and `state watch`: rows, read from their topics."""

# ruff: noqa: PLR0913, PLR0917  (a parameter is an option)

from __future__ import annotations

from collections.abc import Iterator
from heapq import nlargest
from itertools import islice
from typing import Annotated, Literal

import typer

from app.cli.options import KEY, AsJson, Bootstrap, Prefix, Shadow, now
from app.cli.row_conditions import row_filter
from app.cli.show.changes import change_json, print_change
from app.cli.show.output import console, print_json, print_json_line, progress_bar, say
from app.cli.show.row_list import row_list
from app.cli.source_check import nowhere
from app.cli.wiring import Reading, reading
from app.errors import UserError
from app.read.changes import Change, Changes
from app.read.row_filter import RowFilter
from app.read.rows import Found, found_json
from app.read.shelf import Shelves
from app.read.tables import row_key

TableName = Annotated[
    Literal["conversations", "calls", "contacts"] | None, typer.Option(help="Only this table.")
]
Phase = Annotated[str | None, typer.Option(help="In this phase: active, resolved, ended, …")]
OfSource = Annotated[str | None, typer.Option(help="Of this source.")]
Channel = Annotated[str | None, typer.Option(help="Of this channel: whatsapp, email, …")]
Assignee = Annotated[str | None, typer.Option(help="Whose it is: an id, a name or an e-mail.")]
Silent = Annotated[
    str | None, typer.Option(help="Active conversations without a message for this long: 30m.")
]
Query = Annotated[
    str | None,
    typer.Option(
        "--q",
        help="Search as the page does: names, numbers, addresses, ids, the last message.",
    ),
]


def list_(
    table: TableName = None,
    phase: Phase = None,
    source: OfSource = None,
    channel: Channel = None,
    assignee: Assignee = None,
    silent: Silent = None,
    q: Query = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the newest.")] = 50,
    shadow: Shadow = None,
    bootstrap: Bootstrap = None,
    prefix: Prefix = None,
    as_json: AsJson = False,
) -> None:
    """List rows, those with the newest events first. Reads the tables through."""
    wanted = row_filter(
        table=table,
        phase=phase,
        source=source,
        channel=channel,
        assignee=assignee,
        silent=silent,
        q=q,
    )
    with reading(bootstrap, prefix, shadow) as to:
        to.say_if_not_whole()
        if (unknown := _of_no_row(to, source)) is not None:
            raise unknown
        matched = 0

        def matching() -> Iterator[Found]:
            nonlocal matched
            for found in _all(to, wanted):
                matched += 1
                yield found

        rows = nlargest(limit, matching(), key=lambda found: found.row.updated_at or 0)
        if as_json:
            items = [found_json(found, to.rows.json) for found in rows]
            print_json({"items": items, "matched": matched})
            return
        out = console()
        out.print(row_list(rows, now(), out.width))
        if matched > limit:
            say(f"The newest {limit} of {matched}: --limit shows more.")
        elif not matched:
            say("No row is like that.")
        if to.rows.unreadable:
            say(
                f"{len(to.rows.unreadable)} rows could not be read and are left out: "
                f"{', '.join(to.rows.unreadable[:3])}, …"
            )


def _of_no_row(to: Reading, source: str | None) -> UserError | None:
    """Of whatever table, also where another is asked for."""
    sources = [] if source is None else [source]
    return nowhere(to, sources, to.topics.state, "rows", str.casefold)


def _all(to: Reading, wanted: RowFilter) -> Iterator[Found]:
    at = now()
    for table in wanted.tables:
        with progress_bar(to.rows.topic(table)) as tell:
            for found in to.rows.all(table, tell):
                if wanted.takes(found, at):
                    yield found


def watch(
    key: Annotated[str | None, typer.Argument(metavar="KEY", help=KEY)] = None,
    table: TableName = None,
    phase: Phase = None,
    source: OfSource = None,
    channel: Channel = None,
    assignee: Assignee = None,
    q: Query = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Stop after so many changes.")] = None,
    shadow: Shadow = None,
    bootstrap: Bootstrap = None,
    prefix: Prefix = None,
    as_json: AsJson = False,
) -> None:
    """Show changes of rows as they are written, each field from what it was to what it is.

    The conditions are those of `state list`, judged after the change. Ends with Ctrl-C. With
    --json, a document a line. Without a KEY, reads the tables through before it begins.
    """
    wanted = row_filter(
        table=table,
        phase=phase,
        source=source,
        channel=channel,
        assignee=assignee,
        q=q,
        key=key,
    )
    with reading(bootstrap, prefix, shadow) as to, Shelves() as shelves:
        to.say_if_not_whole()
        if key is None and (unknown := _of_no_row(to, source)) is not None:
            say(f"{unknown.what} {unknown.remedy}")  # there may be one any time
        out = console()
        for change in islice(_changes(to, shelves, wanted, key), limit):
            if as_json:
                print_json_line(change_json(change, to.rows.json))
            else:
                print_change(out, change)


def _changes(to: Reading, shelves: Shelves, wanted: RowFilter, key: str | None) -> Iterator[Change]:
    changes = Changes(to.rows, shelves)
    if key is not None:
        ends = changes.load_key(row_key(key)[0], key)
    else:
        with progress_bar("rows as they are now") as tell:
            ends = changes.load(wanted.tables, tell)
    say(f"Watching {', '.join(ends)}; Ctrl-C ends it.")
    for change in changes.follow(ends, key):
        after = None if change is None else change.after
        if change is not None and after and wanted.takes(after, now()):
            yield change
