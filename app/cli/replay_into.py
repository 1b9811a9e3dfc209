"""`hookline replay --into NAME`: make all rows anew from the raw log, beside the live ones."""

# ruff: noqa: PLR0913, PLR0917  (a parameter is an option)

from __future__ import annotations

from typing import Annotated, Any

import typer

from app.cli.options import KEY, AsJson, Bootstrap, Prefix, Source, span_of
from app.cli.show.output import console, print_json, progress_bar, say
from app.cli.show.texts import said
from app.cli.source_check import of_key, refuse_nowhere
from app.cli.wiring import Reading, reading
from app.core.webhook import iso
from app.errors import UserError
from app.kafka.admin import administration
from app.kafka.topics import Topics
from app.kafka.writer import Writer
from app.read.tables import row_key
from app.replay.notes import note_made, note_unfinished
from app.replay.rebuild import Rebuild, Rebuilt
from app.replay.selection import Selection
from app.replay.shadow import row_topics, shadow_of
from app.replay.shadow_topics import prepare


def replay(
    context: typer.Context,
    into: Annotated[
        str | None, typer.Option(metavar="NAME", help="What to call the rows made.")
    ] = None,
    from_: Annotated[
        str | None, typer.Option("--from", metavar="TIME", help="Received at or after: a time, 2h.")
    ] = None,
    to: Annotated[str | None, typer.Option(metavar="TIME", help="Received before.")] = None,
    source: Source = None,
    key: Annotated[str | None, typer.Option(help=f"Only this. {KEY}")] = None,
    force_new: Annotated[
        bool, typer.Option("--force-new", help="Delete what a replay of this NAME made before.")
    ] = False,
    bootstrap: Bootstrap = None,
    prefix: Prefix = None,
    as_json: AsJson = False,
) -> None:
    """Fold the raw log with today's rules, and write the rows into topics of their own.

    They are called `<prefix><NAME>.state.conversations` and so on, and are made like the live
    ones, which are not touched. Look at them with `hookline state get KEY --shadow NAME`, prove
    them with `hookline verify --all --shadow NAME`, compare them with `hookline replay diff NAME`,
    and put them in the place of the live ones with `hookline replay cutover NAME`.
    """
    if context.invoked_subcommand is not None:
        _refuse_options(context)
        return
    if into is None:
        raise UserError(
            "What are the rows to be called that are made?",
            "Give them a name: `hookline replay --into NAME`. `hookline replay --help` says more.",
        )
    selection = _selection(from_, to, source, key)
    with reading(bootstrap, prefix) as at:
        shadow = shadow_of(at.topics, into)
        if key is None:
            refuse_nowhere(at, selection.sources, [at.topics.raw], "webhooks")
        with administration(at.kafka) as admin:
            prepare(
                admin,
                at.log,
                at.topics,
                shadow,
                max_body=at.settings.endpoint_max_body_bytes,
                anew=force_new,
                begin=lambda: _note_unfinished(at, shadow),
            )
        rebuilt = _rebuild(at, shadow, selection)
    if as_json:
        print_json(_json(rebuilt, shadow, selection))
    else:
        _print(rebuilt, shadow, into)


def _refuse_options(context: typer.Context) -> None:
    """Those that stand before a subcommand would be of no use."""
    given = [name for name, value in context.params.items() if value]
    if given:
        option = f"--{given[0].strip('_').removeprefix('as_').replace('_', '-')}"
        raise UserError(
            f"{option} stands before {context.invoked_subcommand}, where it says nothing.",
            f"Write it behind: `hookline replay {context.invoked_subcommand} … {option} …`.",
        )


def _selection(
    from_: str | None, to: str | None, source: list[str] | None, key: str | None
) -> Selection:
    if key is not None:
        row_key(key)
    from_at, to_at = span_of("--from", from_, "--to", to)
    return Selection(from_at=from_at, to_at=to_at, sources=of_key(key, source), key=key)


def _rebuild(at: Reading, shadow: Topics, selection: Selection) -> Rebuilt:
    live = at.topics
    say(f"Folding {selection} of {live.raw} into {shadow.prefix}state.*")
    with Writer(at.kafka) as writer, progress_bar(live.raw) as tell:
        run = Rebuild(at.log, live, shadow, at.catalogue, at.codecs, writer, selection)
        rebuilt = run.run(tell)
    note_made(at.kafka, live, shadow, rebuilt.ends, selection)
    return rebuilt


def _note_unfinished(at: Reading, shadow: Topics) -> None:
    note_unfinished(at.kafka, at.topics, shadow, at.log.partitions(at.topics.raw))


def _print(rebuilt: Rebuilt, shadow: Topics, name: str) -> None:
    out = console()
    effects = ", ".join(f"{n:,} {effect}" for effect, n in sorted(rebuilt.effects.items()))
    out.print(said(f"{rebuilt.records:,} raw records: {effects or 'none'}.", "bold"))
    rows = ", ".join(f"{n:,} {table}s" for table, n in sorted(rebuilt.rows.items()))
    out.print(said(f"Rows written: {rows or 'none'}; {rebuilt.segments:,} segments of the ledger."))
    if rebuilt.foreign:
        out.print(said(f"{rebuilt.foreign:,} records were not written by an endpoint: left out."))
    out.print(said(f"In {', '.join(row_topics(shadow))}."))
    out.print(said(f"Look: hookline state list --shadow {name}"))


def _json(rebuilt: Rebuilt, shadow: Topics, selection: Selection) -> dict[str, Any]:
    return {
        "topics": row_topics(shadow),
        "from": None if selection.from_at is None else iso(selection.from_at),
        "to": None if selection.to_at is None else iso(selection.to_at),
        "sources": selection.sources,
        "key": selection.key,
        "records": rebuilt.records,
        "foreign": rebuilt.foreign,
        "effects": dict(sorted(rebuilt.effects.items())),
        "rows": dict(sorted(rebuilt.rows.items())),
        "segments": rebuilt.segments,
    }
