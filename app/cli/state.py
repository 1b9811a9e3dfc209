"""`hookline state`: rows, as they are and as they were."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.padding import Padding

from app.cli.options import (
    KEY,
    AsJson,
    Bootstrap,
    FromTopics,
    Prefix,
    Shadow,
    now,
    time_of,
)
from app.cli.show.changes_told import counted, told
from app.cli.show.output import console, print_json, say
from app.cli.show.rows import print_row
from app.cli.show.texts import said
from app.cli.show.times import exact
from app.cli.show.waiting import waiting_told, waits
from app.cli.state_list import list_, watch
from app.cli.ways.choose import way
from app.cli.ways.way import Looked, NotKept, Told, Way
from app.core.projection import AnyRow, Table
from app.core.webhook import iso, parse_key
from app.errors import UserError
from app.history.difference import difference
from app.history.forms import changes_json
from app.history.moment import Change
from app.read.row_json import Plain
from app.read.tables import row_key
from app.read.waiting import Waiting, waiting_json

NOT_FOUND = 1
_LOOKED_AT = 500  # webhooks, the newest

app = typer.Typer(no_args_is_help=True)
Key = Annotated[str, typer.Argument(metavar="KEY", help=KEY)]


@app.command()
def get(
    key: Key,
    at: Annotated[
        str | None, typer.Option(help="As of what was received up to then: a time, or 2h.")
    ] = None,
    internals: Annotated[bool, typer.Option("--internals", help="Also ledger and fold.")] = False,
    shadow: Shadow = None,
    from_topics: FromTopics = False,
    bootstrap: Bootstrap = None,
    prefix: Prefix = None,
    as_json: AsJson = False,
) -> None:
    """Show the row of a conversation, a call or a contact, as it is or as it was.

    What it was is folded again from its raw records. Where webhooks of it wait for the worker,
    that is said, too (in JSON: `waiting`). Exit code 1 where there is, or was, none, and where the
    raw log no longer holds what it takes.
    """
    table, _ = row_key(key)
    at_time = time_of("--at", at)
    options = {"from_topics": from_topics, "internals": internals}
    with way(bootstrap, prefix, shadow, **options) as to:
        found = _told(to, table, key, at_time)
        if found is None:
            _not_found(to, table, key, at_time, as_json)
            return
        if not as_json:
            row, written_at = found.row, found.written_at
            print_row(
                console(), key, row, now(), written_at=written_at, at=at_time, internals=internals
            )
        waiting = Waiting() if at_time is not None else _waiting(to, table, key, found.row)
        if as_json:
            print_json(found.json | _waiting_field(waiting))
        if words := waiting_told(waiting):
            say(words)


def _told(to: Way, table: Table, key: str, at: int | None) -> Told | None:
    if at is None:
        return to.row(table, key)
    try:
        return to.row_at(table, key, at)
    except NotKept as why:
        _not_kept(key, why)


def _waiting(to: Way, table: Table, key: str, row: AnyRow | None) -> Waiting:
    """Who may read rows need not be allowed to ask for this."""
    try:
        return to.waiting(table, key, row)
    except UserError as why:
        say(f"Whether a webhook of it waits for the worker cannot be known: {why.what}")
        return Waiting()


def _waiting_field(waiting: Waiting) -> dict[str, Plain]:
    return {} if waiting == Waiting() else {"waiting": waiting_json(waiting)}


def _not_kept(key: str, why: NotKept) -> None:
    say(f"{why}.\nWhat it is now says `hookline state get {key}`.")
    raise typer.Exit(NOT_FOUND)


def _not_found(to: Way, table: Table, key: str, at: int | None, as_json: bool) -> None:
    looked = to.looked_at(table, key)
    waiting = Waiting() if at is not None else _waiting(to, table, key, None)
    if as_json:
        when = _waiting_field(waiting) if at is None else {"as_of": iso(at)}
        print_json({"key": key, "found": False, **when, "looked_at": looked.json})
    if at is None:
        words = waiting_told(waiting)
        say(
            f"There is no row {key}: looked at {looked.words}.\n"
            + (f"{words}\n" if words else "")
            + f"Search for it with `hookline state list --q {parse_key(key).id}`; "
            f"`hookline verify {key}` says whether there ought to be one."
        )
    else:
        say(f"There was no row {key} at {exact(at)}: {_why_none(to, table, key, at, looked)}.")
    raise typer.Exit(NOT_FOUND)


def _why_none(to: Way, table: Table, key: str, at: int, looked: Looked) -> str:
    """What is known of the webhooks that were received by then, if any were."""
    page = to.page(table, key, since=None, until=at + 1, limit=_LOOKED_AT, bodies=False)
    if page is None:
        return f"looked at {looked.words}; `hookline timeline {key}` reads the topics"
    if not page.items:
        return "no webhook of it was received by then"
    waiting = sum("waiting" in one.badges for one in page.items)
    if waiting:
        return f"{waits(waiting)} for the worker, which may be away (`hookline health worker`)"
    return f"nothing that was received by then makes it (`hookline timeline {key}`)"


@app.command()
def diff(
    key: Key,
    from_: Annotated[str, typer.Option("--from", help="The one moment: a time, or 2h.")],
    to: Annotated[str | None, typer.Option(help="The other; now, if not given.")] = None,
    from_topics: FromTopics = False,
    bootstrap: Bootstrap = None,
    prefix: Prefix = None,
    as_json: AsJson = False,
) -> None:
    """Show what differs between a row at one moment and at another, field by field.

    Both are folded again from the raw records received up to then. Exit code 1 where there was no
    row at either, and where the raw log no longer holds what it takes.
    """
    table, _ = row_key(key)
    from_at, until = time_of("--from", from_) or 0, time_of("--to", to)
    to_at = now() if until is None else until
    if from_at > to_at:
        raise UserError("--from is after --to.", "Give the earlier moment with --from.")
    with way(bootstrap, prefix, from_topics=from_topics) as by:
        before, after = _told(by, table, key, from_at), _told(by, table, key, to_at)
        if after is None:
            _not_found(by, table, key, to_at, as_json)
            return
        changes = difference(
            by.json,
            table,
            None if before is None else by.json.of(table, before.row),
            by.json.of(table, after.row),
        )
    if as_json:
        print_json(changes_json(key, table, from_at, to_at, changes))
    else:
        span = f"from {exact(from_at)} to {'now' if until is None else exact(until)}"
        _print(key, span, changes, is_new=before is None)


def _print(key: str, span: str, changes: list[Change], *, is_new: bool) -> None:
    out = console()
    if not changes:
        say(f"Nothing changed in {key} {span}.")
        return
    title = said(key, "bold").append("  new" if is_new else "", "green")
    out.print(title.append(f"  {span}", "cyan"))
    for line in [*told(changes), *counted(changes)]:
        out.print(Padding(line, (0, 0, 0, 2), expand=False))


app.command("list")(list_)
app.command()(watch)
