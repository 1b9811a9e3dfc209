"""What a run says at its end: what was sent, and the rows that must result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from app.core.undecodable import Reason
from app.core.webhook import iso
from app.simulate.expectation import AnyExpected, Call, Conversation
from app.simulate.tally import Sent, Tally

TABLES = ("conversations", "calls", "contacts")
SHOWN = 5  # wrong receipts told one by one


class Report(msgspec.Struct, kw_only=True):
    """`rows` counts, by table, the rows of each phase; `incomplete_rows` those that lack
    webhooks which the endpoint never took, and are not in `rows`. `dead_letters` by reason: one
    for each delivery. `start` repeats the run with `--seed` and `--start`.
    """

    url: str
    seed: int
    start: str
    seconds: float
    webhooks: int
    per_second: float
    sent: dict[str, Sent]
    retries: int
    receipts: int
    spooled: int
    wrong_receipts: list[str]
    refusals: dict[str, int]
    lost: int
    rows: dict[str, dict[str, int]]
    incomplete_rows: int
    dead_letters: dict[Reason, int]

    @property
    def all_went_well(self) -> bool:
        return not self.lost and not self.wrong_receipts


def report(
    tally: Tally, rows: Sequence[AnyExpected], *, url: str, seed: int, now: int, seconds: float
) -> Report:
    """`rows` are settled: those that lost a webhook are marked as not complete."""
    phases: dict[str, Counter[str]] = {table: Counter() for table in TABLES}
    for row in rows:
        if row.complete:
            phases[_table(row)][row.phase] += 1
    return Report(
        url=url,
        seed=seed,
        start=iso(now),
        seconds=round(seconds, 3),
        webhooks=tally.total,
        per_second=round(tally.total / seconds, 1) if seconds else 0.0,
        sent=dict(sorted(tally.sent.items())),
        retries=tally.retries,
        receipts=tally.receipts,
        spooled=tally.spooled,
        wrong_receipts=tally.wrong_receipts,
        refusals=tally.refusals,
        lost=len(tally.lost),
        rows={table: dict(sorted(count.items())) for table, count in phases.items()},
        incomplete_rows=sum(not row.complete for row in rows),
        dead_letters=dict(sorted(tally.dead.items())),
    )


def settle(rows: Sequence[AnyExpected], tally: Tally) -> None:
    """Mark the rows that lack a webhook."""
    lacking = {webhook.key for webhook in tally.lost if webhook.counted}
    for row in rows:
        row.complete = row.key not in lacking


def _table(row: AnyExpected) -> str:
    if isinstance(row, Conversation):
        return "conversations"
    return "calls" if isinstance(row, Call) else "contacts"


def lines(report: Report) -> Iterator[str]:
    """The report in words."""
    yield (
        f"Sent {report.webhooks:,} webhooks to {report.url} in {report.seconds:,.1f} s "
        f"({report.per_second:,.0f} a second; seed {report.seed}, start {report.start})."
    )
    for vendor, sent in report.sent.items():
        yield (
            f"  {vendor:<10}{sent.webhooks:>9,}   {sent.duplicates:,} of them again, "
            f"{sent.broken:,} broken"
        )
    yield (
        f"The endpoint gave {report.receipts:,} receipts ({report.spooled:,} spooled) "
        f"after {report.retries:,} retries."
    )
    for why, count in report.refusals.items():
        yield f"  not taken: {count:,} for {why}"
    for line in report.wrong_receipts[:SHOWN]:
        yield f"  wrong: {line}"
    if len(report.wrong_receipts) > SHOWN:
        yield f"  and {len(report.wrong_receipts) - SHOWN:,} more wrong receipts"
    yield "These rows must result:"
    for table, phases in report.rows.items():
        told = ", ".join(f"{count:,} {phase}" for phase, count in phases.items())
        yield f"  {table:<14}{sum(phases.values()):>7,}   {told}"
    if report.incomplete_rows:
        yield f"  {report.incomplete_rows:,} more rows lack webhooks that were not taken."
    dead = ", ".join(f"{count:,} {reason}" for reason, count in report.dead_letters.items())
    yield f"  {'dead letters':<14}{sum(report.dead_letters.values()):>7,}   {dead}"
