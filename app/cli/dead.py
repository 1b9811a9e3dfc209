"""`hookline dead`: webhooks that could not be decoded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Annotated

import typer

from app.cli.options import AsJson, Bootstrap, Prefix, now
from app.cli.show.letters import (
    group_json,
    group_list,
    letter_json,
    letter_list,
    print_letter,
    whole_letter_json,
)
from app.cli.show.output import console, print_json, progress_bar, say
from app.cli.wiring import Reading, reading
from app.core.dead_letter import REDRIVEN
from app.core.undecodable import Undecodable
from app.core.webhook import NotARawRecord
from app.errors import UserError
from app.read.dead_letters import (
    Letter,
    as_raw_record,
    groups,
    is_named,
    letter,
    sorted_out,
    without_body,
)

NOT_FOUND = 1
SHOWN = 3  # letters of one fingerprint that are shown whole

app = typer.Typer(no_args_is_help=True)


@app.command("list")
def list_(
    all_: Annotated[bool, typer.Option("--all", help="Each letter, not only each cause.")] = False,
    bootstrap: Bootstrap = None,
    prefix: Prefix = None,
    as_json: AsJson = False,
) -> None:
    """List open dead letters, by cause: how many, since when, what they touch, an example.

    Letters that were redriven are not listed. Exit code 0 whether there are any or not.
    """
    with reading(bootstrap, prefix) as to:
        found = sorted_out(map(without_body, _read(to)))
    letters, causes = found.open, [one for one in groups(found) if one.count]
    if as_json:
        items = map(letter_json, letters) if all_ else map(group_json, causes)
        print_json({"items": list(items)})
    elif not letters:
        say(f"There is no open dead letter in {to.topics.dead}.")
    else:
        out = console()
        out.print(
            letter_list(letters, now(), out.width) if all_ else group_list(causes, now(), out.width)
        )
        say(f"{len(letters):,} open. One of them: hookline dead show {causes[0].example}")


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
    """Show dead letters whole: headers, reason, where, the body, and what to do.

    Of a fingerprint, the newest few. Exit code 1 where there is none of that name.
    """
    if not re.fullmatch(r"\d+:\d+|[0-9a-f]{16}|[0-9a-f]{32}", name):
        raise UserError(
            f"{name!r} names no dead letter.",
            "Give <partition>:<offset> of its raw record, the 16 hex digits of its fingerprint, "
            "or the 32 of its event id; `hookline dead list` has them.",
        )
    with reading(bootstrap, prefix) as to:
        letters = [one for one in _read(to) if is_named(one, name) or one.reason == REDRIVEN]
        still_open = {one.raw for one in sorted_out(letters).open}
        found = _newest_of_each(
            one for one in letters if is_named(one, name) and one.reason != REDRIVEN
        )
        shown = [(one, _today(to, one), one.raw not in still_open) for one in found[:SHOWN]]
    if as_json:
        print_json({"items": [whole_letter_json(one, why, closed=c) for one, why, c in shown]})
    for one, why, closed in () if as_json else shown:
        print_letter(console(), one, now(), why, closed=closed)
    if not found:
        say(f"{to.topics.dead} holds no letter {name}.")
        raise typer.Exit(NOT_FOUND)
    if len(found) > SHOWN:
        say(f"The newest {SHOWN} of {len(found)}.")


def _read(to: Reading) -> Iterator[Letter]:
    topic = to.topics.dead
    with progress_bar(topic) as tell:
        for record in to.log.read(topic, progress=tell):
            yield letter(record)


def _newest_of_each(letters: Iterable[Letter]) -> list[Letter]:
    """One for each raw record, however often a worker that re-read wrote it; newest first."""
    by_raw = {one.raw: one for one in letters}
    return sorted(by_raw.values(), key=lambda one: one.received_at or 0, reverse=True)


def _today(to: Reading, one: Letter) -> Undecodable | None:
    """Why it cannot be decoded by this program; None where it can."""
    try:
        to.catalogue.decode(as_raw_record(one))
    except NotARawRecord as error:
        return Undecodable("internal", f"its raw record was not an endpoint's: {error}")
    except Undecodable as error:
        return error
    return None
