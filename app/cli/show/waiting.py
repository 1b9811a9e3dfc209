"""What of a key waits for the worker, in a sentence."""

from __future__ import annotations

from app.cli.show.times import clock
from app.read.waiting import Waiting

_WORKER = "`hookline health worker`"


def waits(webhooks: int) -> str:
    return "1 webhook of it waits" if webhooks == 1 else f"{webhooks:,} webhooks of it wait"


def waiting_told(waiting: Waiting) -> str | None:
    """None where nothing waits."""
    if waiting.unsearched:
        return f"{waiting.why_unsearched}: {_WORKER}."
    if waiting.since is None:
        return None
    since = clock(waiting.since)
    return f"{waits(waiting.webhooks)} for the worker since {since}. Is it at work? {_WORKER}"
