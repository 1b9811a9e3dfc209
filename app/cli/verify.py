"""`hookline verify`: prove rows by the raw log."""

from __future__ import annotations

from typing import Annotated

import msgspec
import typer

from app.cli.options import KEY, AsJson, Bootstrap, Prefix, Shadow, Source
from app.cli.show.findings import print_finding, print_summary
from app.cli.show.output import console, print_json, progress_bar, say
from app.cli.wiring import Reading, reading
from app.errors import UserError
from app.read.tables import row_key
from app.replay.finding import Finding
from app.replay.forms import finding_json, summary_json
from app.replay.verify import Verification

WRONG = 1


def verify(
    key: Annotated[str | None, typer.Argument(metavar="KEY", help=KEY)] = None,
    all_: Annotated[bool, typer.Option("--all", help="Every row.")] = False,
    source: Source = None,
    quick: Annotated[
        bool,
        typer.Option("--quick", help="Only by the raw records that the row names: a few seeks."),
    ] = False,
    shadow: Shadow = None,
    bootstrap: Bootstrap = None,
    prefix: Prefix = None,
    as_json: AsJson = False,
) -> None:
    """Fold the raw log again, compare with the rows, show every difference field by field.

    Also finds rows that are missing, too many, or behind. A row is compared as of its own offset,
    so it may be run while webhooks come in. Exit code 1 if any row is wrong.

    With KEY, its partition of the raw log is read; with --all, all of it.
    """
    if (key is None) != all_:
        raise UserError(
            "What is to be verified?", "Name one KEY, or say --all (and --source, if you like)."
        )
    if quick and key is None:
        raise UserError("--quick is for one KEY.", "Without it, --all reads everything.")
    if key is not None:
        row_key(key)
    with reading(bootstrap, prefix, shadow) as to:
        check = _verification(to, key, tuple(source or ()))
        findings = _all(to, check, as_json) if key is None else _one(to, check, key, quick)
    if as_json:
        print_json(summary_json(check.tally) | {"findings": list(map(finding_json, findings))})
    else:
        for finding in findings if key is not None else ():
            print_finding(console(), finding)
        what = key or (f"source {', '.join(source)}" if source else f"{to.topics.prefix}state.*")
        print_summary(console(), check.tally, what)
    if check.tally.wrong or (key is not None and not findings):
        raise typer.Exit(WRONG)


def _verification(to: Reading, key: str | None, sources: tuple[str, ...]) -> Verification:
    selection = to.selection()
    if key is not None:
        selection = msgspec.structs.replace(selection, key=key)
    elif sources:
        selection = msgspec.structs.replace(selection, sources=sources)
    return Verification(
        to.rows,
        to.live,
        to.catalogue,
        projected=to.projected(),
        selection=selection,
    )


def _one(to: Reading, check: Verification, key: str, quick: bool) -> list[Finding]:
    table, _ = row_key(key)
    if quick:
        say("By the records that the row names; those it ought to name and does not are not seen.")
        finding = check.quick(table, key)
    else:
        number = to.rows.partition(key)
        say(f"Reading partition {number} of {to.live.raw}, where all records of {key} lie.")
        with progress_bar(to.live.raw) as tell:
            finding = check.key(table, key, tell)
    if finding is None:
        say(f"There is no row {key}, and no raw record that would make one.")
    return [] if finding is None else [finding]


def _all(to: Reading, check: Verification, as_json: bool) -> list[Finding]:
    """What is wrong; shown as it is found."""
    say(f"Reading all of {to.live.raw} and of the rows.")
    out = console()
    wrong: list[Finding] = []
    with progress_bar("verify") as tell:
        for finding in check.all(tell):
            if finding.wrong:
                if as_json:
                    wrong.append(finding)
                else:
                    print_finding(out, finding)
    return wrong
