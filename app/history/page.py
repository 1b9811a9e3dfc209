"""A part of a timeline, as much as is looked at."""

from __future__ import annotations

import msgspec

from app.core.projection import Table
from app.history.history import History
from app.history.moment import Moment

USUAL = 100  # webhooks


class Gone(msgspec.Struct, frozen=True, kw_only=True):
    """Webhooks of the row that the raw log no longer holds, and the latest event time of theirs
    in microseconds.
    """

    webhooks: int
    last_at: int


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """`items` in log order. `total` webhooks are known of; `next` is where those before the items
    are to be had, None where there are none. `phase` is the row's, None where there is no row.
    `whole`: those that change no row were looked for, too.
    """

    table: Table
    key: str
    phase: str | None
    total: int
    expired: Gone | None
    whole: bool
    items: list[Moment]
    next: str | None


def page(
    history: History,
    *,
    since: int | None = None,
    until: int | None = None,
    before: str | None = None,
    limit: int = USUAL,
) -> Page:
    """The newest webhooks, at most `limit` of them, received `since` a time and before another
    (`until`), in microseconds; of those `before` what the last page gave as `next`.

    Raises ValueError where `before` was not given by a page.
    """
    webhooks, end = history.webhooks, None if before is None else int(before)
    matching = [
        n
        for n, record in enumerate(webhooks.records)
        if (since is None or record.received_at >= since)
        and (until is None or record.received_at < until)
        and (end is None or record.offset < end)
    ]
    shown = matching[-limit:]
    return Page(
        table=webhooks.table,
        key=webhooks.key,
        phase=None if webhooks.row is None else webhooks.row.row.phase,
        total=len(webhooks.records),
        expired=_gone(history),
        whole=webhooks.whole,
        items=_items(history, shown),
        next=str(webhooks.records[shown[0]].offset) if len(shown) < len(matching) else None,
    )


def _items(history: History, numbers: list[int]) -> list[Moment]:
    """Receive times need not ascend in the log, so that some between may not be wanted."""
    if not numbers:
        return []
    moments = history.timeline(numbers[0], numbers[-1] + 1)
    return [moments[number - numbers[0]] for number in numbers]


def _gone(history: History) -> Gone | None:
    expired = history.expired
    return None if expired is None else Gone(webhooks=expired.count, last_at=expired.last_at)
