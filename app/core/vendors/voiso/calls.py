"""What Voiso's events say of calls. Where a field is missing or null, nothing is said."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, UnsetType

from app.core import cut
from app.core.facts import CallFacts, Person, Value
from app.core.vendors.contract import Context
from app.core.vendors.said import person, values
from app.core.vendors.voiso.envelope import account, event_time

_DIRECTIONS: dict[str, dict[str, Value]] = {
    "inbound": {"direction": "inbound", "dialer": False},
    "outbound": {"direction": "outbound", "dialer": False},
    "dialer": {"direction": "outbound", "dialer": True},
}


def call_answered(event: Any, context: Context) -> CallFacts:
    answered_at = event.data.agent_start_time
    return _call(
        event,
        context,
        _call_values(event),
        answered_at=event_time(event, context) if answered_at is None else answered_at,
        ended_at=None,
    )


def call_ended(event: Any, context: Context) -> CallFacts:
    """Of a hang-up and of a wrapped-up call."""
    data = event.data
    said = {
        **_call_values(event),
        **values(
            talk_ms=None if data.duration is None else data.duration.talk_time_ms,
            disposition=cut.word(data.disposition),
            wrapup_code=cut.word(data.wrapup_code),
            recording_url=cut.url(data.recording_url),
        ),
    }
    return _call(
        event,
        context,
        said,
        answered_at=data.agent_start_time,
        ended_at=event_time(event, context) if data.end_time is None else data.end_time,
    )


def _call(
    event: Any,
    context: Context,
    said: dict[str, Value],
    *,
    answered_at: int | None,
    ended_at: int | None,
) -> CallFacts:
    data = event.data
    return CallFacts(
        at=event.timestamp,
        account_id=account(event, context),
        values=said,
        attributes=_links(data),
        agent=_agent(data),
        started_at=data.start_time,
        answered_at=answered_at,
        ended_at=ended_at,
    )


def _call_values(event: Any) -> dict[str, Value]:
    data = event.data
    duration, campaign = data.duration, data.campaign
    how = event.event.partition(".")[0]
    return {
        **_DIRECTIONS.get(data.type if how == "call" else how, {}),
        **values(
            from_number=cut.word(data.calling_number),
            to_number=cut.word(data.called_number),
            queue=cut.word(data.queue),
            script=cut.word(data.script),
            campaign=None if campaign is None else cut.word(campaign.name),
            cdr_url=cut.url(data.cdr_url),
            total_ms=None if duration is None else duration.total_ms,
            waiting_ms=None if duration is None else _waiting(duration),
        ),
    }


def _waiting(duration: Any) -> int | None:
    """Waited in a queue, for the contact to pick up, or for the dialer: whichever it says."""
    for waited in (duration.queue_time_ms, duration.dialing_time_ms, duration.dialer_waiting_ms):
        if waited is not None:
            return waited
    return None


def _links(data: Any) -> dict[str, str | None]:
    said = {"ext_user_id": data.ext_user_id, "contacts_url": data.contacts_url}
    return {name: cut.word(value) for name, value in said.items() if value is not None}


def _agent(data: Any) -> Person | UnsetType:
    agent = data.agent
    if agent is None:
        return UNSET
    return person(agent.id, name=agent.name, email=agent.email, extension=agent.extension)


def call_record(event: Any, context: Context) -> CallFacts:
    """The retired record: no envelope, no event, no secret. A call back has no direction."""
    return CallFacts(
        at=event.start_time if event.end_time is None else event.end_time,
        account_id=context.account_id,
        values={
            **_DIRECTIONS.get(event.type, {}),
            **values(
                disposition=cut.word(event.disposition),
                from_number=cut.word(event.ani),
                to_number=cut.word(event.dnis),
                total_ms=event.duration_ms,
            ),
        },
        started_at=event.start_time,
        ended_at=event.end_time,
    )
