"""`hookline replay list` and `drop`: which shadows there are, and none of one any more."""

from __future__ import annotations

from app.cli.options import AsJson, Bootstrap, Prefix
from app.cli.replay_diff import Name
from app.cli.show.output import console, print_json, say
from app.cli.show.texts import said
from app.cli.wiring import Reading, reading
from app.kafka.admin import administration
from app.kafka.groups import committed, worker_group
from app.replay.selection import selection_of_note
from app.replay.shadow import drop as drop_topics
from app.replay.shadow import row_topics, shadow_of, shadows


def list_(bootstrap: Bootstrap = None, prefix: Prefix = None, as_json: AsJson = False) -> None:
    """List the shadows: what their rows were made of, or that their replay did not end."""
    with reading(bootstrap, prefix) as to:
        with administration(to.kafka) as admin:
            names = shadows(admin, to.live)
        found = {name: _made_of(to, name) for name in names}
    if as_json:
        print_json({"items": [{"name": name, "made_of": made} for name, made in found.items()]})
        return
    out = console()
    for name, made in found.items():
        out.print(said(name, "bold").append(f"  {made or 'not whole: its replay did not end'}"))
    if not found:
        say(f"There is none of {to.live.raw}: `hookline replay --into NAME` makes one.")


def _made_of(to: Reading, name: str) -> str | None:
    """None where its replay did not end."""
    group = worker_group(shadow_of(to.live, name))
    noted = committed(to.kafka, group, to.live.raw, to.log.partitions(to.live.raw))
    made = [selection_of_note(note) for note in sorted({one.note for one in noted.values()})]
    whole = [one for one in made if one is not None]
    return str(whole[-1]) if whole and len(whole) == len(made) else None


def drop(
    name: Name, bootstrap: Bootstrap = None, prefix: Prefix = None, as_json: AsJson = False
) -> None:
    """Delete the topics of a shadow. The raw log and the live rows are not touched."""
    with reading(bootstrap, prefix, name) as to, administration(to.kafka) as admin:
        drop_topics(admin, to.topics)
    if as_json:
        print_json({"dropped": row_topics(to.topics)})
    else:
        console().print(said(f"Deleted {', '.join(row_topics(to.topics))}."))
