"""What a refold says of a row, in words."""

from __future__ import annotations

import msgspec

from app.core.projection import Table
from app.errors import UserError
from app.history.moment import Change
from app.inspector.page.port import Inspected
from app.inspector.page.times import clock
from app.read.waiting import Waiting
from app.replay.finding import MEANS
from app.replay.verify import Checked


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """`trouble` is why nobody could say; then the rest is empty."""

    at: int
    title: str = ""
    words: str = ""
    wrong: bool = False
    offset: int | None = None
    why: str | None = None
    records: list[str] = []
    differences: list[Change] = []
    trouble: str | None = None


def verdict(inspected: Inspected, kind: Table, key: str, now: int) -> Said:
    try:
        return said(inspected.verified(kind, key), now)
    except UserError as error:
        return Said(at=now, trouble=str(error))


def said(checked: Checked, now: int) -> Said:
    finding = checked.finding
    if finding is None:
        return Said(at=now, title="Nothing", words=_no_row(checked.waiting))
    return Said(
        at=now,
        title=finding.verdict.capitalize(),
        words=MEANS[finding.verdict],
        wrong=finding.wrong,
        offset=finding.offset,
        why=finding.why,
        records=finding.records,
        differences=[
            Change(path=one.field, before=one.left, after=one.right) for one in finding.differences
        ],
    )


def _no_row(waiting: Waiting) -> str:
    if waiting.unsearched:
        return f"the topics hold no row, and {waiting.why_unsearched}"
    if waiting.since is None:
        return "the topics hold no row, and nothing of it waits for the worker"
    many = waiting.webhooks > 1
    words = f"{waiting.webhooks:,} webhook{'s' if many else ''} of it wait{'' if many else 's'}"
    return f"the topics hold no row; {words} for the worker since {clock(waiting.since)} UTC"
