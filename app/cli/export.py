"""`hookline export`: rows, events, webhooks and dead letters into files."""

# ruff: noqa: PLR0913, PLR0917  (a parameter is an option)

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import typer

from app.avro.published import load_published
from app.avro.repository import load_repository
from app.cli.export_choice import choice_of
from app.cli.options import AsJson, Bootstrap, Prefix, Shadow, Source
from app.cli.show.output import print_json, progress_bar
from app.cli.show.written import print_taken, taken_json
from app.cli.source_check import refuse_nowhere
from app.cli.wiring import Reading, reading
from app.export.extra import need_extra
from app.export.folder import Folder
from app.export.json_files import JsonFiles
from app.export.origins import Origins
from app.export.run import run
from app.export.sink import Sink
from app.export.table import WHATS, Table, What, tables
from app.export.wanted import ROWS, fits, known, wanted

UNREADABLE = 1
Format = Literal["parquet", "jsonl"]
_WHATS = ", ".join(WHATS)


def export(
    what: Annotated[list[str], typer.Argument(metavar="WHAT…", help=f"One or more: {_WHATS}.")],
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the files go.")],
    format: Annotated[Format, typer.Option(help="Typed columns, or JSON a line.")] = "parquet",
    type: Annotated[
        list[str] | None, typer.Option(help="Only this event: voxsig.message_created (again).")
    ] = None,
    source: Source = None,
    from_: Annotated[
        str | None, typer.Option("--from", metavar="TIME", help="Received at or after: a time, 2h.")
    ] = None,
    to: Annotated[str | None, typer.Option(metavar="TIME", help="Received before.")] = None,
    shadow: Shadow = None,
    internals: Annotated[
        bool, typer.Option("--internals", help="Rows with their ledger and fold.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there.")] = False,
    bootstrap: Bootstrap = None,
    prefix: Prefix = None,
    as_json: AsJson = False,
) -> None:
    """Write tables into files: a file for each table, and for each type of event.

    Rows are the newest of each key. Of events, raw and dead, --from and --to narrow what is taken
    by receive time. Parquet is typed by the Avro schemas; JSON is as other commands print it. There
    is no CSV, which has neither types nor what is nested: `hookline sql --csv` prints the columns
    that you choose. Each file appears whole or not at all. Exit code 1 where records could not be
    read.
    """
    choice = choice_of(source, from_, to)
    whats = known(what)
    fits(whats, choice, shadow)
    every = tables(load_repository(), internals=internals)
    names = wanted(every, whats, type or [])
    files = {name: f"{name}.{format}" for name in names}
    with reading(bootstrap, prefix, shadow) as at:
        at.say_if_not_whole()
        _refuse_nowhere(at, whats, choice.sources)
        with Folder(out, force=force) as folder:
            folder.refuse_what_is_there(files.values())
            sink = _sink(format, folder, every)
            for name in names:
                if every[name].what != "events" or type:
                    sink.begin(name)
            published = load_published(at.settings.schema_registry_url)
            origins = Origins(at.log, at.live, at.topics, published, every)
            taken = run(origins.of(names, choice), sink, progress_bar)
            written = folder.commit(files.values())
    if as_json:
        print_json(taken_json(out, written, taken))
    else:
        print_taken(out, written, taken)
    if taken.unreadable.count:
        raise typer.Exit(UNREADABLE)


def _sink(format: Format, folder: Folder, every: Mapping[str, Table]) -> Sink:
    if format == "jsonl":
        return JsonFiles(folder, every)
    need_extra("Parquet", "pyarrow")
    from app.export.parquet_files import ParquetFiles  # noqa: PLC0415

    return ParquetFiles(folder, every)


def _refuse_nowhere(at: Reading, what: list[What], sources: tuple[str, ...]) -> None:
    of_rows = set(what) <= {*ROWS}
    topics = list(at.topics.state) if of_rows else [at.live.raw]
    refuse_nowhere(at, sources, topics, "rows" if of_rows else "webhooks")
