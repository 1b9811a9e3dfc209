"""The row of a call, and how facts fold into it."""

from __future__ import annotations

import msgspec
from msgspec import UNSET

from app.core import facts
from app.core.facts import CallFacts
from app.core.ledger import Ledger
from app.core.people import Role, Shown
from app.core.recent_messages import id_order
from app.core.row import Fold, Row, Step, add_entry, take_common
from app.core.stamps import places, take

VALUES = (
    "status",
    "disposition",
    "wrapup_code",
    "direction",
    "dialer",
    "from_number",
    "to_number",
    "queue",
    "campaign",
    "script",
    "total_ms",
    "waiting_ms",
    "talk_ms",
    "recording_url",
    "cdr_url",
)
PLACES = places(VALUES)
MOST_OUTCOMES = 64  # the first ids in order, so that arrival does not matter


class Outcome(msgspec.Struct, kw_only=True, gc=False):
    """A tag on the call. `tagged_at`: its first event's time. Never changed; `encoded` is the
    encoder's own.
    """

    id: str
    type: str | None
    estimated_value_cents: int | None
    actual_value_cents: int | None
    revenue_cents: int | None
    notes: str | None
    tagged_at: int
    encoded: str | None = None


class CallFold(Fold, kw_only=True, gc=False):
    """`outcome_stamps`: by outcome id, the stamp of its contents."""

    contact: Role | None = None
    agent: Role | None = None
    outcome_stamps: dict[str, bytes] = {}


class Call(Row, kw_only=True, gc=False):
    """A row of `state.calls`, its fields as in schemas/state/call."""

    call_id: str
    phase: str = "started"
    status: str | None = None
    disposition: str | None = None
    wrapup_code: str | None = None
    direction: str | None = None
    dialer: bool | None = None
    from_number: str | None = None
    to_number: str | None = None
    queue: str | None = None
    campaign: str | None = None
    script: str | None = None
    agent: Shown | None = None
    contact: Shown | None = None
    total_ms: int | None = None
    waiting_ms: int | None = None
    talk_ms: int | None = None
    recording_url: str | None = None
    cdr_url: str | None = None
    outcomes: list[Outcome] = []
    outcome: str | None = None
    started_at: int | None = None
    answered_at: int | None = None
    ended_at: int | None = None
    tagged_at: int | None = None
    fold: CallFold = msgspec.field(
        default_factory=lambda: CallFold(stamps=bytearray(16 * len(VALUES)))
    )


def apply(row: Call, ledger: Ledger, said: CallFacts, step: Step) -> None:
    """Take one new event into the row."""
    fold = row.fold
    take_common(row, fold, said, step)
    if said.values:
        take(row, fold.stamps, PLACES, said.values, step.by)
    if said.contact is not UNSET:
        fold.contact = fold.contact or Role()
        row.contact = fold.contact.take(said.contact, step.by, row.contact)
    if said.agent is not UNSET:
        fold.agent = fold.agent or Role()
        row.agent = fold.agent.take(said.agent, step.by, row.agent)
    if said.started_at is not None:
        row.started_at = _earliest(row.started_at, said.started_at, step)
    if said.answered_at is not None:
        row.answered_at = _earliest(row.answered_at, said.answered_at, step)
    if said.ended_at is not None:
        row.ended_at = _earliest(row.ended_at, said.ended_at, step)
    if said.outcome is not None:
        _take_outcome(row, said.outcome, step)
    started_at, created_at = row.started_at, row.created_at
    if started_at is not None and created_at is not None and started_at < created_at:
        row.created_at = started_at
    add_entry(ledger, step)
    row.phase = _phase(row)


def _earliest(known: int | None, said: int, step: Step) -> int:
    at = step.clocked(said)
    return at if known is None or at < known else known


def _take_outcome(row: Call, said: facts.Outcome, step: Step) -> None:
    stamps = row.fold.outcome_stamps
    by_id = {outcome.id: outcome for outcome in row.outcomes}
    known = by_id.get(said.id)
    tagged_at = step.at if known is None else min(known.tagged_at, step.at)
    if known is not None and step.by <= stamps[said.id]:
        by_id[said.id] = msgspec.structs.replace(known, tagged_at=tagged_at, encoded=None)
    else:
        stamps[said.id] = step.by
        by_id[said.id] = Outcome(**msgspec.structs.asdict(said), tagged_at=tagged_at)
    for id in sorted(by_id, key=id_order)[MOST_OUTCOMES:]:
        del by_id[id], stamps[id]
    row.outcomes = sorted(by_id.values(), key=lambda one: (one.tagged_at, id_order(one.id)))
    row.outcome = row.outcomes[-1].type
    row.tagged_at = row.outcomes[0].tagged_at


def _phase(row: Call) -> str:
    if row.outcomes:
        return "tagged"
    if row.ended_at is not None:
        return "ended"
    return "started" if row.answered_at is None else "answered"
