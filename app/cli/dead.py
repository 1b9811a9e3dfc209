"""`hookline dead`: webhooks that could not be decoded."""

# ruff: noqa: PLR0913, PLR0917  (a parameter is an option)

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Annotated

import typer

from app.cli.options import AsJson, Bootstrap, Prefix, now, span_of
from app.cli.show.letter import print_letter, shown_letter_json
from app.cli.show.letters import group_list, letter_list
from app.cli.show.output import console, print_json, progress_bar, say
from app.cli.show.redrive import print_change, print_outcome
from app.cli.wiring import Reading, reading
from app.errors import UserError
from app.kafka.topics import max_message_bytes
from app.kafka.transactional import TransactionalWriter
from app.read.dead_letters import (
    Letter,
    Letters,
    groups,
    is_named,
    letter,
    sorted_out,
    without_body,
)
from app.read.letter_json import group_json, letter_json
from app.read.tables import given_key
from app.redrive.choice import Choice
from app.redrive.forms import change_json, choice_json, outcome_json
from app.redrive.outcome import Outcome
from app.redrive.preview import Preview
from app.redrive.run import Redrive, writer_name
from app.redrive.survey import redrivable

NOT_FOUND = 1
REMAINED = 1
SHOWN = 3  # letters of one fingerprint that are shown whole

app = typer.Typer(no_args_is_help=True)


@app.command("list")
def list_(
    all_: Annotated[bool, typer.Option("--all", help="Each letter, not only each cause.")] = False,
    closed: Annotated[
        bool, typer.Option("--closed", help="Those that were redriven as well.")
    ] = False,
    bootstrap: Bootstrap = None,
    prefix: Prefix = None,
    as_json: AsJson = False,
) -> None:
    """List open dead letters, by cause: how many, since when, what they touch, an example.

    Says also how many of them decode by now, so that `hookline dead redrive` would take them in.
    Exit code 0 whether there are any or not.
    """
    with reading(bootstrap, prefix) as to:
        found = sorted_out(map(without_body, _read(to)))
        with progress_bar("what decodes today") as tell:
            mended = redrivable(to.log, to.topics.dead, found.open, to.today, tell)
    letters = [*found.open, *(found.redriven if closed else ())]
    causes = [one for one in groups(found, mended) if one.count or closed]
    if as_json:
        items = map(letter_json, letters) if all_ else map(group_json, causes)
        print_json({"items": list(items)})
        return
    if letters:
        out = console()
        out.print(
            letter_list(letters, now(), out.width) if all_ else group_list(causes, now(), out.width)
        )
    _say_how_many(to, found, len(mended), closed)


def _say_how_many(to: Reading, found: Letters, mended: int, closed: bool) -> None:
    if not found.open:
        say(f"There is no open dead letter in {to.topics.dead}.")
    else:
        newest = max(found.open, key=lambda one: one.received_at or 0)
        say(f"{len(found.open):,} open. One of them: hookline dead show {newest.raw}")
    if mended:
        decode = "1 of them decodes" if mended == 1 else f"{mended:,} of them decode"
        say(f"{decode} today. What would change: hookline dead redrive --all --dry-run")
    if found.redriven and not closed:
        say(f"{len(found.redriven):,} redriven: hookline dead list --closed")


@app.command()
def show(
    name: Annotated[
        str,
        typer.Argument(
            metavar="PARTITION:OFFSET|FINGERPRINT|EVENT-ID",
            help="Of its raw record, of its cause, or of its receipt.",
        ),
    ],
    bootstrap: Bootstrap = None,
    prefix: Prefix = None,
    as_json: AsJson = False,
) -> None:
    """Show dead letters whole: reason, where, what to do, the body, and headers.

    Of a fingerprint, the newest few. Exit code 1 where there is none of that name.
    """
    if not re.fullmatch(r"\d+:\d+|[0-9a-f]{16}|[0-9a-f]{32}", name):
        raise UserError(
            f"{name!r} names no dead letter.",
            "Give <partition>:<offset> of its raw record, the 16 hex digits of its fingerprint, "
            "or the 32 of its event id; `hookline dead list` has them.",
        )
    with reading(bootstrap, prefix) as to:
        named = sorted_out(one for one in _read(to) if is_named(one, name))
        found = _newest_first([*named.open, *named.redriven])
        shown = [(one, to.today.why(one)) for one in found[:SHOWN]]
    if as_json:
        print_json({"items": [shown_letter_json(one, why) for one, why in shown]})
    for one, why in () if as_json else shown:
        print_letter(console(), one, now(), why)
    if not found:
        say(f"{to.topics.dead} holds no letter {name}.")
        raise typer.Exit(NOT_FOUND)
    if len(found) > SHOWN:
        say(f"The newest {SHOWN} of {len(found)}.")


@app.command()
def redrive(
    fingerprint: Annotated[
        list[str] | None, typer.Option(help="Of this cause (several: again).")
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar="TIME", help="Received at or after: a time, 2h.")
    ] = None,
    until: Annotated[str | None, typer.Option(metavar="TIME", help="Received before.")] = None,
    key: Annotated[
        list[str] | None,
        typer.Option(help="Of this key, then or today (several: again)."),
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="Every open letter.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Write nothing; show what would change.")
    ] = False,
    bootstrap: Bootstrap = None,
    prefix: Prefix = None,
    as_json: AsJson = False,
) -> None:
    """Take dead letters in whose cause is mended: again onto the raw log, under today's key.

    Letters are chosen by cause, receive time and key; where several are given, all must hold. What
    today's code cannot decode is left, and said. With --dry-run, each row that would change is
    shown field by field. A run that was killed is gone on with by the next; of two at once, the
    later one ends the earlier. Exit code 1 where letters remain dead, or where nothing is found of
    a fingerprint or key.
    """
    choice = _choice(fingerprint or [], since, until, key or [], all_)
    with reading(bootstrap, prefix) as to:
        if dry_run:
            outcome = _preview(to, choice, as_json)
        else:
            outcome = _redrive(to, choice)
            if as_json:
                print_json({"dry_run": False} | choice_json(choice) | outcome_json(outcome))
            else:
                print_outcome(console(), outcome, dry_run=False)
    if outcome.remaining or (not outcome.chosen and (choice.fingerprints or choice.keys)):
        raise typer.Exit(REMAINED)


def _choice(
    fingerprints: list[str], since: str | None, until: str | None, keys: list[str], all_: bool
) -> Choice:
    if not (fingerprints or since or until or keys or all_):
        raise UserError(
            "Which dead letters are to be redriven?",
            "Give --fingerprint, --since or --until, --key, or several of them; or --all. "
            "`hookline dead list` shows what there is.",
        )
    for one in fingerprints:
        if not re.fullmatch(r"[0-9a-f]{16}", one):
            raise UserError(
                f"{one!r} is no fingerprint: it has 16 hex digits.",
                "`hookline dead list` has them.",
            )
    for one in keys:
        given_key(one)
    since_at, until_at = span_of("--since", since, "--until", until)
    return Choice(
        fingerprints=tuple(fingerprints), since_at=since_at, until_at=until_at, keys=tuple(keys)
    )


def _redrive(to: Reading, choice: Choice) -> Outcome:
    settings, topics = to.settings, to.topics
    size = max_message_bytes(settings.endpoint_max_body_bytes)
    say(f"Redriving {choice} in {topics.dead}.")
    with (
        TransactionalWriter(to.kafka, writer_name(topics), max_message=size) as writer,
        progress_bar(topics.dead) as tell,
    ):
        return Redrive(to.log, topics, to.today, writer).run(choice, tell)


def _preview(to: Reading, choice: Choice, as_json: bool) -> Outcome:
    """Printed row by row; of JSON, as one."""
    preview, out = Preview(to.rows, to.today), console()
    say(f"Reading {choice} in {to.topics.dead}, and the rows that they would change.")
    rows: list[object] = []
    with progress_bar(to.topics.dead) as tell:
        for change in preview.changes(choice, tell):
            if as_json:
                rows.append(change_json(change))
            else:
                print_change(out, change)
    if as_json:
        print_json(
            {"dry_run": True} | choice_json(choice) | outcome_json(preview.outcome) | {"rows": rows}
        )
    else:
        print_outcome(out, preview.outcome, dry_run=True)
        say("Nothing was written.")
    return preview.outcome


def _read(to: Reading) -> Iterator[Letter]:
    topic = to.topics.dead
    with progress_bar(topic) as tell:
        for record in to.log.read(topic, progress=tell):
            yield letter(record)


def _newest_first(letters: Iterable[Letter]) -> list[Letter]:
    return sorted(letters, key=lambda one: one.received_at or 0, reverse=True)
