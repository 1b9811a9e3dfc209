"""`hookline replay copy`: the raw log into that of another prefix, of more partitions."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.options import AsJson, Bootstrap, Prefix
from app.cli.show.output import console, print_json, progress_bar, say
from app.cli.show.texts import said
from app.cli.wiring import Reading, reading
from app.errors import UserError
from app.kafka.admin import administration
from app.kafka.groups import committed, copy_group
from app.kafka.log import Log
from app.kafka.topics import Topics
from app.kafka.transactional import TransactionalWriter
from app.replay.copying.letters import why_dead
from app.replay.copying.outcome import Copied, copied_json
from app.replay.copying.prepare import refuse_impossible
from app.replay.copying.run import Copy
from app.settings import load_settings


def copy(
    to_prefix: Annotated[
        str,
        typer.Option(
            "--to-prefix", metavar="PREFIX", help="What the new topics' names begin with."
        ),
    ],
    bootstrap: Bootstrap = None,
    prefix: Prefix = None,
    as_json: AsJson = False,
) -> None:
    """Copy the raw log into that of another prefix on the same Kafka, to get more partitions.

    Its topics are made before, by `hookline topics apply --prefix PREFIX --partitions N`. The old
    ones are only read, and may go on to be written. Run it again for what has come since: what was
    copied is not copied again, also where a run was killed. docs/growing.md has all the steps.
    """
    new = Topics(load_settings(topic_prefix=to_prefix).topic_prefix)
    with reading(bootstrap, prefix) as to:
        with administration(to.kafka) as admin:
            size = refuse_impossible(admin, to.log, to.live, new)
        _refuse_backwards(to, new)
        copied = _copy(to, new, size)
    if as_json:
        print_json(copied_json(copied, to.live.raw, new.raw))
    else:
        _print(copied, new)


def _refuse_backwards(to: Reading, new: Topics) -> None:
    """A log that is a copy of the other must not be copied back: it would hold each twice."""
    partitions = range(to.log.partitions(new.raw))
    if committed(to.kafka, copy_group(to.live), new.raw, partitions):
        raise UserError(
            f"{to.live.raw} was itself copied from {new.raw}.",
            "--prefix (or HOOKLINE_TOPIC_PREFIX) is that of the old topics, --to-prefix that of "
            "the new ones.",
        )


def _copy(to: Reading, new: Topics, size: int) -> Copied:
    kafka, old, group = to.kafka, to.live, copy_group(new)
    partitions = range(to.log.partitions(old.raw))

    def done() -> dict[int, int]:
        found = committed(kafka, group, old.raw, partitions, at_rest=True)
        return {number: at.offset for number, at in found.items()}

    say(f"Copying {old.raw} into {new.raw}.")
    with (
        Log(kafka) as beside,
        TransactionalWriter(kafka, group, max_message=size) as writer,
        progress_bar(old.raw) as tell,
    ):
        why = why_dead(to.catalogue, to.codecs)
        return Copy(to.log, beside, old, new, writer, done, why).run(tell)


def _print(copied: Copied, new: Topics) -> None:
    out = console()
    out.print(said(f"{copied.records:,} records copied into {new.raw}.", "bold"))
    if copied.foreign:
        out.print(said(f"{copied.foreign:,} of them were not written by an endpoint."))
    if copied.redriven:
        out.print(
            said(
                f"{copied.redriven:,} were redriven: they name the copies of what they stand in "
                f"for. {copied.closed:,} of these cannot be decoded today: their dead letters are "
                "closed."
            )
        )
    if copied.without_original:
        out.print(
            said(
                f"{copied.without_original:,} were redriven for records that are no longer kept: "
                "they stand for themselves."
            )
        )
    if copied.left:
        say(f"{copied.left:,} offsets came in meanwhile: run it again.")
