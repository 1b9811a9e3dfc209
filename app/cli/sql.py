"""`hookline sql`: DuckDB over rows, events, webhooks and dead letters."""

# ruff: noqa: PLR0913, PLR0917  (a parameter is an option)

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.avro.published import load_published
from app.avro.repository import load_repository
from app.cli.export_choice import choice_of
from app.cli.options import AsJson, Bootstrap, Prefix, Shadow, Source
from app.cli.show.output import progress_bar
from app.cli.show.results import print_csv, print_json_rows, print_table, print_tables
from app.cli.show.texts import safe
from app.cli.show.written import say_unreadable
from app.cli.source_check import refuse_nowhere
from app.cli.wiring import Reading, reading
from app.errors import UserError
from app.export.choice import Choice
from app.export.extra import need_extra
from app.export.line import Unreadable
from app.export.origins import Origins
from app.export.query import NoRoom, QueryFailed
from app.export.run import run
from app.export.table import tables
from app.settings import load_settings

if TYPE_CHECKING:
    from app.export.duckdb_database import Database

UNREADABLE = 1
MEMORY = "1GB"
AT_ONCE = 32  # rows, each of which may hold a body of 1 MiB, outside --memory
_AMOUNT = re.compile(r"\d{1,9}(\.\d{1,3})? ?[KMGT]i?B", re.ASCII)


def sql(
    query: Annotated[
        str | None, typer.Argument(metavar="QUERY", help="SQL; '-' or nothing: standard input.")
    ] = None,
    list_tables: Annotated[
        bool, typer.Option("--tables", help="List the tables and their columns, and end.")
    ] = False,
    from_parquet: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Query what `hookline export` wrote, not the topics."),
    ] = None,
    source: Source = None,
    from_: Annotated[
        str | None, typer.Option("--from", metavar="TIME", help="Received at or after: a time, 2h.")
    ] = None,
    to: Annotated[str | None, typer.Option(metavar="TIME", help="Received before.")] = None,
    shadow: Shadow = None,
    memory: Annotated[
        str, typer.Option(help="How much memory the query may take; beyond it, disk.")
    ] = MEMORY,
    bootstrap: Bootstrap = None,
    prefix: Prefix = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    as_json: AsJson = False,
) -> None:
    """Query rows, events, webhooks and dead letters with SQL, as DuckDB has it.

    The tables are conversations, calls, contacts, webhooks, dead_letters, and one for each event:
    "voiso.inbound.call.hangup", in double quotes. Only what the query names is read, into a
    temporary database on disk. --from and --to narrow what is read of events, webhooks and dead
    letters. The query reads; it reaches no file and no network. Exit code 1 where records could not
    be read.
    """
    need_extra("`hookline sql`", "pyarrow", "duckdb")
    from app.export.arrow_values import rows  # noqa: PLC0415
    from app.export.duckdb_database import database  # noqa: PLC0415

    choice = choice_of(source, from_, to)
    if from_parquet is not None and (choice != Choice() or shadow is not None):
        raise UserError(
            "--source, --from, --to and --shadow choose what is read of topics, not of files.",
            "Leave them out, and say it in the query.",
        )
    if not _AMOUNT.fullmatch(memory):
        raise UserError(f"--memory: {memory!r} is no amount of memory.", "Write 512MB, or 4GB.")
    if not list_tables and from_parquet is None:
        load_settings(bootstrap=bootstrap, topic_prefix=prefix)
    text = "" if list_tables else _query(query)
    unreadable = Unreadable()
    with _told(), database(memory) as at:
        if from_parquet is None:
            at.create(tables(load_repository()))
        else:
            at.look_into(_files(from_parquet))
        if list_tables:
            print_tables(at.columns(), as_json)
            return
        names = at.named(text)
        if names and from_parquet is None:
            with reading(bootstrap, prefix, shadow) as to_read:
                unreadable = _load(at, names, to_read, choice)
        columns, batches = at.run(text, AT_ONCE)
        print_ = print_json_rows if as_json else print_csv if as_csv else print_table
        print_(columns, chain.from_iterable(map(rows, batches)))
    say_unreadable(unreadable)
    if unreadable.count:
        raise typer.Exit(UNREADABLE)


def _query(given: str | None) -> str:
    try:
        text = _read() if given is None or given == "-" else given
        text.encode()
    except UnicodeError:
        raise UserError("The query is not UTF-8.", "Give it as UTF-8.") from None
    return text


def _read() -> str:
    if sys.stdin.isatty():
        raise UserError(
            "There is no query.",
            "Give one, such as 'select count(*) from calls'; `hookline sql --tables` lists what "
            "there is.",
        )
    return sys.stdin.buffer.read().decode()


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise UserError(
            f"There is no folder {folder}.", "Name one that `hookline export --out` wrote."
        )
    files = sorted(folder.glob("*.parquet"))
    if not files:
        raise UserError(
            f"There is no Parquet in {folder}.",
            f"Export something: `hookline export conversations calls --out {folder}`.",
        )
    return files


def _load(into: Database, names: list[str], at: Reading, choice: Choice) -> Unreadable:
    at.say_if_not_whole()
    refuse_nowhere(at, choice.sources, [at.live.raw], "webhooks")
    published = load_published(at.settings.schema_registry_url)
    origins = Origins(at.log, at.live, at.topics, published, tables(published.repository))
    return run(origins.of(names, choice), into, progress_bar).unreadable


@contextmanager
def _told() -> Iterator[None]:
    """DuckDB's words, without what could steer a terminal: values may stand in them."""
    try:
        yield
    except NoRoom as why:
        raise UserError(
            safe(f"The query takes more room than there is: {why}"),
            "Give it more memory (--memory 4GB), or a larger disk by the variable TMPDIR.",
        ) from None
    except QueryFailed as why:
        raise UserError(
            safe(f"The query failed: {why}"),
            "`hookline sql --tables` lists tables and columns; a name with dots stands in double "
            "quotes.",
        ) from None
