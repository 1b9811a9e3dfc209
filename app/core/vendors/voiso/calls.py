"""What Voiso's events say of calls. Where a field is missing or null, nothing is said."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, UnsetType

from app.core import cut
from app.core.facts import CallFacts, Person, Value
from app.core.vendors.said import person, words
from app.core.vendors.voiso.envelope import account, event_time
from app.core.webhook import RawRecord

_DIRECTIONS: dict[str, dict[str, Value]] = {
    "inbound": {"direction": "inbound", "dialer": False},
    "outbound": {"direction": "outbound", "dialer": False},
    "dialer": {"direction": "outbound", "dialer": True},
}


def call_answered(event: Any, record: RawRecord) -> CallFacts:
    answered_at = event.data.agent_start_time
    return _call(
        event,
        record,
        _call_values(event),
        answered_at=event_time(event, record) if answered_at is None else answered_at,
        ended_at=None,
    )


def call_ended(event: Any, record: RawRecord) -> CallFacts:
    """Of a hang-up and of a wrapped-up call."""
    data = event.data
    said = _call_values(event)
    said |= words(disposition=data.disposition, wrapup_code=data.wrapup_code)
    if data.recording_url is not None:
        said["recording_url"] = cut.url(data.recording_url)
    if data.duration is not None and data.duration.talk_time_ms is not None:
        said["talk_ms"] = data.duration.talk_time_ms
    return _call(
        event,
        record,
        said,
        answered_at=data.agent_start_time,
        ended_at=event_time(event, record) if data.end_time is None else data.end_time,
    )


def _call(
    event: Any,
    record: RawRecord,
    said: dict[str, Value],
    *,
    answered_at: int | None,
    ended_at: int | None,
) -> CallFacts:
    data = event.data
    return CallFacts(
        at=event.timestamp,
        account_id=account(event, record),
        values=said,
        attributes=words(ext_user_id=data.ext_user_id, contacts_url=data.contacts_url),
        agent=_agent(data),
        started_at=data.start_time,
        answered_at=answered_at,
        ended_at=ended_at,
    )


def _call_values(event: Any) -> dict[str, Value]:
    data = event.data
    said = words(
        from_number=data.calling_number,
        to_number=data.called_number,
        queue=data.queue,
        script=data.script,
        campaign=None if data.campaign is None else data.campaign.name,
    )
    how = event.event.partition(".")[0]
    said |= _DIRECTIONS.get(data.type if how == "call" else how, {})
    if data.cdr_url is not None:
        said["cdr_url"] = cut.url(data.cdr_url)
    if data.duration is not None:
        said |= _durations(data.duration)
    return said


def _durations(duration: Any) -> dict[str, Value]:
    """Waited in a queue, for the contact to pick up, or for the dialer: whichever it says."""
    said: dict[str, Value] = {}
    if duration.total_ms is not None:
        said["total_ms"] = duration.total_ms
    for waited in (duration.queue_time_ms, duration.dialing_time_ms, duration.dialer_waiting_ms):
        if waited is not None:
            said["waiting_ms"] = waited
            break
    return said


def _agent(data: Any) -> Person | UnsetType:
    agent = data.agent
    if agent is None:
        return UNSET
    return person(agent.id, name=agent.name, email=agent.email, extension=agent.extension)


def call_record(event: Any, record: RawRecord) -> CallFacts:
    """The retired record: no envelope, no event, no secret. A call back has no direction."""
    said = words(disposition=event.disposition, from_number=event.ani, to_number=event.dnis)
    said |= _DIRECTIONS.get(event.type, {})
    if event.duration_ms is not None:
        said["total_ms"] = event.duration_ms
    return CallFacts(
        at=event.start_time if event.end_time is None else event.end_time,
        account_id=record.account,
        values=said,
        started_at=event.start_time,
        ended_at=event.end_time,
    )
