"""What Varda's events say of calls. Where a field is missing or null, nothing is said."""

from __future__ import annotations

from typing import Any

from app.core import cut
from app.core.facts import CallFacts, Outcome, Value
from app.core.vendors.said import words
from app.core.vendors.varda.attribution import attributes, contact
from app.core.webhook import RawRecord

_DIRECTIONS = ("inbound", "outbound")


def started(event: Any, record: RawRecord) -> CallFacts:
    started_at = event.data.started_at
    return CallFacts(
        at=event.timestamp,
        account_id=record.account,
        values=_call_values(event.data),
        attributes=attributes(event),
        contact=contact(event),
        started_at=_event_time(event, record) if started_at is None else started_at,
    )


def ended(event: Any, record: RawRecord) -> CallFacts:
    data = event.data
    said = _call_values(data)
    said |= words(disposition=data.disposition)
    if data.duration_ms is not None:
        said["total_ms"] = data.duration_ms
    return CallFacts(
        at=event.timestamp,
        account_id=record.account,
        values=said,
        attributes=attributes(event),
        contact=contact(event),
        started_at=data.started_at,
        answered_at=data.answered_at,
        ended_at=_event_time(event, record) if data.ended_at is None else data.ended_at,
    )


def _call_values(data: Any) -> dict[str, Value]:
    return words(
        status=data.status,
        direction=data.direction if data.direction in _DIRECTIONS else None,
        from_number=data.from_number,
        to_number=data.to_number,
    )


def _event_time(event: Any, record: RawRecord) -> int:
    return record.received_at if event.timestamp is None else event.timestamp


def outcome_tagged(event: Any, record: RawRecord) -> CallFacts:
    """The outcome's id is the tag's own: the same id again replaces it."""
    data = event.data
    return CallFacts(
        at=event.timestamp,
        account_id=record.account,
        outcome=None
        if data.id is None
        else Outcome(
            id=data.id[: cut.WORD],
            type=cut.word(data.outcome_type),
            estimated_value_cents=data.estimated_value_cents,
            actual_value_cents=data.actual_value_cents,
            revenue_cents=data.revenue_cents,
            notes=cut.notes(data.notes),
        ),
    )
