"""What stands around every screen: where one is, how much there is, how fresh it is."""

from __future__ import annotations

from collections import Counter

import msgspec

from app.inspector.page.port import Freshness, Inspected
from app.inspector.page.times import SECOND, clock, length
from app.inspector.view.file import NoView

SLOW = 5 * SECOND
"""A view that is further behind than this is said to be old."""
UNDER_WAY_S = 5
"""What is worked off in this time is under way; a worker with more before it is behind."""


_UNKNOWN = ("what waits is not known", "bad")


class Fresh(msgspec.Struct, frozen=True, kw_only=True):
    """`state`: ok, busy (behind, and at work), bad. The words stand on every screen."""

    state: str
    view: str
    worker: str
    title: str


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """`here` is the screen, `q` what is searched for."""

    here: str
    q: str
    counts: dict[str, int]
    open_letters: int
    fresh: Fresh


def frame(inspected: Inspected, here: str, now: int, q: str = "") -> Frame:
    counts: Counter[str] = Counter()
    letters = 0
    try:
        for one in inspected.view.tallies():
            counts[one.kind] += one.rows
        letters = sum(inspected.view.open_letters().values())
    except NoView:
        pass
    return Frame(
        here=here,
        q=q,
        counts={kind: counts[kind] for kind in ("conversation", "call", "contact")},
        open_letters=letters,
        fresh=fresh(inspected, now),
    )


def fresh(inspected: Inspected, now: int) -> Fresh:
    at = inspected.freshness()
    view, view_state = _view(at, now)
    owners = [one.owner for one in inspected.partitions()]
    rate = inspected.rates.now()
    done = 0.0 if rate is None else rate.processed or 0.0
    worker, worker_state = _UNKNOWN if at.away else _worker(at.waiting, owners, done)
    state = max(view_state, worker_state, key=("ok", "busy", "bad").index)
    held = "never yet" if at.as_of is None else clock(at.as_of) + " UTC"
    title = f"The view holds all that the workers had written by: {held}. {worker.capitalize()}."
    return Fresh(state=state, view=view, worker=worker, title=title)


def _view(at: Freshness, now: int) -> tuple[str, str]:
    if at.rebuilding is not None:
        return f"rebuilding, {at.rebuilding:.0%}", "busy"
    if at.away:
        return "Kafka does not answer", "bad"
    if at.as_of is None:
        return "not whole yet", "busy"
    behind = now - at.as_of
    if behind > SLOW:
        return f"{length(behind)} old", "bad"
    return "live", "ok"


def _worker(waiting: int | None, owners: list[str | None], rate: float) -> tuple[str, str]:
    """`rate` is what is worked off in a second: a few that are under way are not behind."""
    if waiting is None:
        return "no worker has been seen", "bad"
    if None in owners:
        idle = owners.count(None)
        return f"no worker on {idle} of {len(owners)} partitions, {waiting:,} waiting", "bad"
    if waiting == 0:
        return "worker up to date", "ok"
    return f"worker {waiting:,} behind", "ok" if waiting < UNDER_WAY_S * rate else "busy"
