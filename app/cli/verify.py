"""`hookline verify`: prove rows by the raw log."""

# ruff: noqa: PLR0913, PLR0917  (a parameter is an option)

from __future__ import annotations

from typing import Annotated, Any

import typer

from app.cli.options import KEY, AsJson, Bootstrap, FromTopics, Prefix, Shadow, Source
from app.cli.show.findings import print_finding, print_read, print_summary
from app.cli.show.output import console, print_json, progress_bar, say
from app.cli.source_check import of_key, refuse_nowhere
from app.cli.ways.by_inspector import ByInspector
from app.cli.ways.choose import find_inspector
from app.cli.wiring import Reading, reading
from app.errors import UserError
from app.read.tables import row_key
from app.read.waiting import Waiting, waiting_json
from app.replay.finding import Finding, Tally
from app.replay.forms import finding_json, summary_json
from app.replay.selection import Both, Selection
from app.replay.verify import Verification
from app.settings import load_settings

WRONG = 1
_QUICKLY = "By the records that the row names; those it ought to name and does not are not seen."


def verify(
    key: Annotated[str | None, typer.Argument(metavar="KEY", help=KEY)] = None,
    all_: Annotated[bool, typer.Option("--all", help="Every row.")] = False,
    source: Source = None,
    quick: Annotated[
        bool,
        typer.Option("--quick", help="Only by the raw records that the row names: a few seeks."),
    ] = False,
    from_topics: FromTopics = False,
    shadow: Shadow = None,
    bootstrap: Bootstrap = None,
    prefix: Prefix = None,
    as_json: AsJson = False,
) -> None:
    """Fold the raw log again, compare with the rows, show every difference field by field.

    Also finds rows that are missing, too many, or behind. A row is compared as of its own offset,
    so it may be run while webhooks come in. Exit code 1 if any row is wrong, or KEY has none.

    With KEY, a reachable inspector is asked, which folds the raw records that the row names;
    without one or such a row, or with --from-topics, its partition of the raw log is read. With
    --all, all of it.
    """
    if (key is None) != all_:
        raise UserError(
            "What is to be verified?", "Name one KEY, or say --all (and --source, if you like)."
        )
    if quick and key is None:
        raise UserError("--quick is for one KEY.", "Without it, --all reads everything.")
    if key is not None:
        row_key(key)
        of_key(key, source)
        if not (quick or from_topics or shadow or bootstrap):
            inspector = find_inspector(load_settings(topic_prefix=prefix))
            if inspector is not None and _by_inspector(inspector, key, as_json):
                return
    with reading(bootstrap, prefix, shadow) as to:
        check = _verification(to, key, tuple(source or ()))
        findings = _all(to, check, as_json) if key is None else _one(to, check, key, quick)
    waiting = check.waiting if quick else None
    if as_json:
        print_json(_said(check.tally, findings, waiting))
    elif key is not None:
        for finding in findings:
            print_finding(console(), finding)
        print_read(console(), check.tally, waiting)
    else:
        what = f"source {', '.join(source)}" if source else f"{to.topics.prefix}state.*"
        print_summary(console(), check.tally, what)
    if check.tally.wrong or (key is not None and not findings):
        raise typer.Exit(WRONG)


def _said(tally: Tally, findings: list[Finding], waiting: Waiting | None) -> dict[str, Any]:
    """For programs; `waiting` as it was looked for where the raw log was not read through."""
    known = {} if waiting is None else {"waiting": waiting_json(waiting)}
    return summary_json(tally) | known | {"findings": list(map(finding_json, findings))}


def _by_inspector(inspector: ByInspector, key: str, as_json: bool) -> bool:
    """Whether it has such a row: only the topics tell whether there ought to be one."""
    table, _ = row_key(key)
    checked = inspector.checked(table, key)
    if checked is None or checked.finding is None:
        say(f"It has no row {key}: reading the topics, for whether there ought to be one.")
        return False
    finding, tally, waiting = checked.finding, checked.tally, checked.waiting
    if as_json:
        print_json(_said(tally, [finding], waiting))
    else:
        print_finding(console(), finding)
        print_read(console(), tally, waiting)
        say(f"{_QUICKLY} --from-topics reads its partition through.")
    if finding.wrong:
        raise typer.Exit(WRONG)
    return True


def _verification(to: Reading, key: str | None, sources: tuple[str, ...]) -> Verification:
    made_of = to.selection()
    asked = Selection(sources=sources) if key is None else Selection(key=key)
    if left_out := made_of.leaves_out(asked):
        raise UserError(
            f"The shadow {to.shadow} has nothing of {', '.join(left_out)}: "
            f"it was made of {made_of}.",
            "Verify what it was made of, or replay the rest into another.",
        )
    refuse_nowhere(to, asked.sources, [*to.topics.state, to.live.raw], "webhooks or rows")
    return Verification(
        to.rows,
        to.live,
        to.catalogue,
        projected=to.projected(),
        selection=Both(made_of, asked),
    )


def _one(to: Reading, check: Verification, key: str, quick: bool) -> list[Finding]:
    table, _ = row_key(key)
    if quick:
        say(_QUICKLY)
        finding = check.quick(table, key)
    else:
        number = to.rows.partition(key)
        say(f"Reading partition {number} of {to.live.raw}, where all records of {key} lie.")
        with progress_bar(to.live.raw) as tell:
            finding = check.key(table, key, tell)
    if finding is None:
        say(_no_row(key, check, quick, to.selection()))
    return [] if finding is None else [finding]


def _no_row(key: str, check: Verification, quick: bool, made_of: Selection) -> str:
    """What follows from that there is no row, and no raw record that the worker has passed. The
    rows were made of `made_of`."""
    if waits := check.tally.waiting:
        wait = "1 of its webhooks waits" if waits == 1 else f"{waits:,} wait"
        return (
            f"There is no row {key} yet: {wait} for the worker, and whether there ought to be one "
            "shows when it has come to them. Is it at work? `hookline health worker`"
        )
    if quick and check.waiting.unsearched:
        return (
            f"There is no row {key}, and {check.waiting.why_unsearched}. Whether there ought to be "
            "one, this says without --quick; how far the worker is, `hookline health worker`."
        )
    if quick:
        return f"There is no row {key}. Whether there ought to be one, this says without --quick."
    among = "" if made_of == Selection() else f" among the {made_of},"
    return f"There is no row {key}, and{among} no raw record that would make one."


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
