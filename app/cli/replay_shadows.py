"""`hookline replay list` and `drop`: which shadows there are, and none of one any more."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.options import AsJson, Bootstrap, Prefix
from app.cli.shadows import Name
from app.cli.show.output import console, print_json, say
from app.cli.show.texts import said
from app.cli.wiring import Reading, reading
from app.errors import UserError
from app.kafka.admin import administration
from app.replay.notes import note_unfinished
from app.replay.selection import selection_of_note
from app.replay.shadow import row_topics, shadow_of
from app.replay.shadow_topics import drop as drop_topics
from app.replay.shadow_topics import shadows

_NOT_WHOLE = "not whole: its replay did not end"
_FORGOTTEN = "nothing is noted: Kafka has forgotten what it was made of, or it is of another prefix"


def list_(bootstrap: Bootstrap = None, prefix: Prefix = None, as_json: AsJson = False) -> None:
    """List the shadows: what their rows were made of, or that their replay did not end."""
    with reading(bootstrap, prefix) as to:
        with administration(to.kafka) as admin:
            names = shadows(admin, to.live)
        found = {name: _noted(to, name) for name in names}
    if as_json:
        print_json({"items": [{"name": name, **_json(noted)} for name, noted in found.items()]})
        return
    out = console()
    for name, noted in found.items():
        words = _json(noted)["made_of"] or (_NOT_WHOLE if noted else _FORGOTTEN)
        out.print(said(name, "bold").append_text(said(f"  {words}")))
    if not found:
        say(f"There is none of {to.live.raw}: `hookline replay --into NAME` makes one.")


def _noted(to: Reading, name: str) -> set[str]:
    return {one.note for one in to.committed_by(shadow_of(to.live, name)).values()}


def _json(noted: set[str]) -> dict[str, str | bool | None]:
    """`made_of` where its replay has come to its end; `noted` is False where nothing is known."""
    made = [selection_of_note(note) for note in noted]
    whole = [str(one) for one in made if one is not None]
    is_whole = whole and len(whole) == len(made)
    return {"made_of": max(whole, key=len) if is_whole else None, "noted": bool(noted)}


def drop(
    name: Name,
    force: Annotated[
        bool, typer.Option("--force", help="Even where nothing says that it is one of ours.")
    ] = False,
    bootstrap: Bootstrap = None,
    prefix: Prefix = None,
    as_json: AsJson = False,
) -> None:
    """Delete the topics of a shadow. The raw log and the live rows are not touched."""
    with reading(bootstrap, prefix, name) as to, administration(to.kafka) as admin:
        if not force and not _noted(to, name):
            raise UserError(
                f"Nothing says what {to.topics.prefix}state.* was made of: Kafka has forgotten it, "
                "or it is of another prefix.",
                "If it is to go, say so with --force.",
            )
        partitions = to.log.partitions(to.live.raw)
        drop_topics(
            admin, to.topics, lambda: note_unfinished(to.kafka, to.live, to.topics, partitions)
        )
    if as_json:
        print_json({"dropped": row_topics(to.topics)})
    else:
        console().print(said(f"Deleted {', '.join(row_topics(to.topics))}."))
