"""The history of a row as the page shows it: webhook by webhook, and the moments between them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import msgspec

from app.core.webhook import RawRecord
from app.history.history import History
from app.history.moment import Moment
from app.history.webhooks import Webhooks
from app.inspector.page.summary import Summary, summary
from app.inspector.page.times import clock


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A webhook of the timeline. `number` counts from 1 by the time of receipt; `later` where it
    was received after the moment that is looked at; `day` where it begins one.
    """

    moment: Moment
    number: int
    later: bool
    day: str | None
    summary: Summary | None


class Scrubber(msgspec.Struct, frozen=True, kw_only=True):
    """The moments at which the row may be looked at: when each webhook was received, ascending.
    `position` is how many of them the row has at the moment that is looked at.
    """

    moments: list[int]
    offsets: list[int]
    position: int

    @property
    def last(self) -> int:
        return len(self.moments)


def scrubber(history: History, at: int | None) -> Scrubber:
    """`at` in microseconds; None is now."""
    by_receipt = by_time(history.webhooks.records)
    moments = [record.received_at for record in by_receipt]
    return Scrubber(
        moments=moments,
        offsets=[record.offset for record in by_receipt],
        position=len(moments) if at is None else bisect_right(moments, at),
    )


def by_time(records: Sequence[RawRecord]) -> list[RawRecord]:
    return sorted(records, key=lambda record: (record.received_at, record.offset))


def lines(moments: Sequence[Moment], where: Scrubber) -> list[Line]:
    """In the order given."""
    number = {offset: n for n, offset in enumerate(where.offsets, 1)}
    days = [clock(moment.received_at)[:10] for moment in moments]
    return [
        Line(
            moment=moment,
            number=number[moment.offset],
            later=number[moment.offset] > where.position,
            day=day if day != before else None,
            summary=None if moment.changes is None else summary(moment.changes),
        )
        for moment, before, day in zip(moments, ["", *days], days, strict=False)
    ]


CROWD = 250
"""Of more webhooks only those are marked that went another way than most."""


class Tick(msgspec.Struct, frozen=True, kw_only=True):
    """A mark of the scrubber, in thousandths of its width and twentieths of its height."""

    x: float
    y: int
    width: float
    height: int
    kind: str


def ticks(webhooks: Webhooks, where: Scrubber) -> list[Tick]:
    """One for each webhook; those that went another way than most are taller."""
    records = by_time(webhooks.records)
    step = 1000 / max(1, len(records))
    width = round(min(3, max(0.6, step * 0.5)), 2)
    marks: list[Tick] = []
    for n, record in enumerate(records, 1):
        kind = _kind(webhooks, record)
        if kind == "plain" and len(records) > CROWD:
            continue
        height = 10 if kind == "plain" else 16
        marks.append(
            Tick(
                x=round(n * step - width / 2, 2),
                y=20 - height,
                width=width,
                height=height,
                kind=kind,
            )
        )
    return marks


def _kind(webhooks: Webhooks, record: RawRecord) -> str:
    named = (webhooks.named or {}).get(record.offset)
    if record.offset in webhooks.letters:
        return "dead"
    if named is not None and named.duplicate:
        return "duplicate"
    return "late" if record.offset in webhooks.late else "plain"
