"""What a row of one moment differs in from that of another."""

from __future__ import annotations

from typing import Any

import msgspec

from app.inspector.page.one import One
from app.inspector.page.timeline import by_time

_FIRST = "0"
"""Stands for the time before the first webhook."""


class Option(msgspec.Struct, frozen=True, kw_only=True):
    """A moment that can be chosen: after the webhook number `n`."""

    n: int
    at: int
    type: str


def comparison(one: One) -> dict[str, Any]:
    """From `frm` (0 is before the first webhook; by default, before the last one) to `to` (by
    default, now); what is no time is as good as not given, and in `no_times`. Raises Expired and
    UserError.
    """
    records = by_time(one.history.webhooks.records)
    options = [
        Option(n=n, at=record.received_at, type=record.type) for n, record in enumerate(records, 1)
    ]
    from_at, to_at = one.query.time("frm"), one.query.time("to")
    given = (one.query.no_time("frm"), one.query.no_time("to"))
    no_times = [text for text in given if text not in (None, _FIRST)]
    if from_at is None and one.query.get("frm") != _FIRST:
        from_at = options[-2].at if len(options) > 1 else None
    last = options[-1].at if options else 0
    return {
        "options": options,
        "no_times": no_times,
        "frm": _chosen(options, from_at) or 0,
        "to": None if to_at is None else _chosen(options, to_at),
        "changes": one.history.difference(from_at or 0, last if to_at is None else to_at),
    }


def _chosen(options: list[Option], at: int | None) -> int | None:
    """The number of the last webhook received up to a time."""
    if at is None:
        return None
    return max((option.n for option in options if option.at <= at), default=0)
