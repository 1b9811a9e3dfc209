"""`hookline replay cutover`: a shadow's rows take the place of the live ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.cli.options import AsJson, Bootstrap, Prefix
from app.cli.shadows import Name, beside_live, projected_by_workers
from app.cli.show.output import console, print_json, progress_bar, say
from app.cli.show.texts import said
from app.cli.wiring import Reading, reading
from app.errors import UserError
from app.kafka.groups import committed, members, worker_group
from app.kafka.topics import max_message_bytes
from app.kafka.transactional import TransactionalWriter
from app.replay.cutover import Cutover, Outcome, writer_name
from app.replay.letters import Letters
from app.replay.succession import MEANS


def cutover(
    name: Name,
    bootstrap: Bootstrap = None,
    prefix: Prefix = None,
    as_json: AsJson = False,
) -> None:
    """Put the rows of a shadow in the place of the live ones, where these are others.

    What would change, `hookline replay diff NAME` shows. Stop all workers first, and start them
    again afterwards; endpoints go on, and webhooks wait on the raw log meanwhile. The shadow is
    folded on to where the workers stopped. Rows that the raw log can no longer make are left as
    they are. Killed half-way, it leaves each row either as it was or as it is to be: run it again.
    """
    with reading(bootstrap, prefix, name) as to:
        beside = beside_live(to)
        rows = f"{to.topics.prefix}state.*"
        say(f"Putting the rows of {rows} in the place of {to.live.prefix}state.*")
        size = max_message_bytes(to.settings.endpoint_max_body_bytes)

        def writer(number: int) -> TransactionalWriter:
            name = writer_name(to.live, number)
            return TransactionalWriter(to.kafka, name, max_message=size)

        with progress_bar("cutover") as tell:
            outcome = Cutover(beside, to.projected() or {}, _Standing(to), writer).run(tell)
    if as_json:
        print_json(_json(name, outcome))
    else:
        _print(outcome)


class _Standing:
    """See `app.replay.cutover.Standing`."""

    def __init__(self, to: Reading) -> None:
        self._to = to

    def workers(self) -> int:
        return members(self._to.kafka, worker_group(self._to.live))

    def projected(self) -> dict[int, int]:
        return projected_by_workers(self._to)

    def projected_at_rest(self, number: int) -> int:
        to = self._to
        found = committed(to.kafka, worker_group(to.live), to.live.raw, [number], at_rest=True)
        return found[number].offset if number in found else 0

    def refuse_letters(self, projected: Mapping[int, int], number: int | None = None) -> None:
        to = self._to
        letters = Letters(to.log, to.live.dead, to.catalogue, to.codecs, to.selection())
        if places := letters.unpublished(projected, number):
            count = "1 dead letter" if len(places) == 1 else f"{len(places):,} dead letters"
            raise UserError(
                f"The shadow's rows have the webhooks of {count} that would decode today "
                f"({places[0]}), and no event of them was published yet.",
                "Take them in first: start the workers, `hookline dead redrive --all`, let them "
                "catch up, stop them, and run this again.",
            )

    def refuse_other_shadow(self) -> None:
        self._to.refuse_other_shadow()


def _print(outcome: Outcome) -> None:
    out = console()
    total = sum(outcome.rows.values())
    counts = ", ".join(f"{count:,} {verdict}" for verdict, count in sorted(outcome.rows.items()))
    out.print(said(f"{total:,} rows: {counts or 'none'}.", "bold"))
    if outcome.rows["kept"]:
        out.print(said(f"{outcome.rows['kept']:,} kept: {MEANS['kept']}."))
    written = ", ".join(f"{n:,} {table}s" for table, n in sorted(outcome.written.items()))
    out.print(
        said(f"Written: {written or 'nothing'}; {outcome.segments:,} segments of the ledger.")
    )
    out.print(said("Start the workers again; hookline verify --all proves the rows."))


def _json(name: str, outcome: Outcome) -> dict[str, Any]:
    return {
        "shadow": name,
        "rows": dict(sorted(outcome.rows.items())),
        "written": dict(sorted(outcome.written.items())),
        "segments": outcome.segments,
    }
