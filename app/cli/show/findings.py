"""What `verify` found."""

from __future__ import annotations

from rich.console import Console

from app.cli.show.differences import grid
from app.cli.show.texts import said
from app.read.waiting import Waiting
from app.replay.finding import MEANS, Finding, Tally

_RECORDS = 10  # raw places shown of one row


def print_finding(console: Console, finding: Finding) -> None:
    style = "red" if finding.wrong else "green"
    at = "" if finding.offset is None else f"  as of raw offset {finding.offset}"
    title = said(finding.key, "bold").append(f"  {finding.verdict}", style)
    console.print(title.append(at, "dim"))
    console.print("   ", said(MEANS[finding.verdict]))
    if finding.why:
        console.print("   ", said(finding.why))
    if finding.records:
        shown = finding.records[:_RECORDS]
        more = len(finding.records) - len(shown)
        places = ", ".join(shown) + (f" and {more} more" if more else "")
        console.print("   ", said(f"raw records that it ought to hold: {places}"))
    if finding.differences:
        console.print(grid(finding.differences, "the row", "the raw log"))


def print_summary(console: Console, tally: Tally, what: str) -> None:
    """Counts, and what is to be known of the raw log."""
    _print_counts(console, tally, what)
    print_read(console, tally)


def _print_counts(console: Console, tally: Tally, what: str) -> None:
    total = sum(tally.rows.values())
    rows = ", ".join(f"{count:,} {verdict}" for verdict, count in sorted(tally.rows.items()))
    count = "1 row" if total == 1 else f"{total:,} rows"
    console.print(said(f"{count} of {what}: {rows or 'none'}.", "bold"))
    for verdict in ("older fold", "expired"):
        if tally.rows[verdict]:
            console.print(said(f"{tally.rows[verdict]:,} {verdict}: {MEANS[verdict]}."))


def print_read(console: Console, tally: Tally, waiting: Waiting | None = None) -> None:
    """What is to be known of the raw log; `waiting` where not all of it was looked through."""
    console.print(said(f"{tally.records:,} raw records were read."))
    if tally.waiting:
        console.print(
            said(f"{tally.waiting:,} of them wait for the worker: nothing was concluded from them.")
        )
    if waiting is not None and waiting.unsearched:
        console.print(said(f"{waiting.why_unsearched}."))
    if tally.dead:
        today = f"; {tally.redrivable:,} of these would decode today" if tally.redrivable else ""
        console.print(said(f"{tally.dead:,} are dead letters{today}: `hookline dead list`."))
    if tally.redriven:
        console.print(
            said(f"{tally.redriven:,} were dead letters and are redriven: their copies are folded.")
        )
    if tally.foreign:
        console.print(said(f"{tally.foreign:,} more were not written by an endpoint."))
