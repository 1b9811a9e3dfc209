"""What Voiso's events say of conversations. Where a field is missing or null, nothing is said."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, UnsetType

from app.core import cut
from app.core.channels import channel_of
from app.core.facts import ConversationFacts, Message, MessageClass, Person, Status, Value
from app.core.vendors.said import person, unknown, words
from app.core.vendors.voiso.envelope import account, event_time
from app.core.webhook import RawRecord

ENDED = "ended"


def message_received(event: Any, record: RawRecord) -> ConversationFacts:
    return _message(event, record, "inbound")


def message_sent(event: Any, record: RawRecord) -> ConversationFacts:
    return _message(event, record, "outbound")


def _message(event: Any, record: RawRecord, cls: MessageClass) -> ConversationFacts:
    """The event's time is the message's: the vendor states no other."""
    data = event.data
    content = data.content_data
    return ConversationFacts(
        at=event.timestamp,
        account_id=account(event, record),
        values=_channel(data),
        contact=_contact(data),
        assignee=_assignee(data),
        message=None
        if data.id is None
        else Message(
            id=cut.word(data.id),
            cls=cls,
            at=event_time(event, record),
            content_type=cut.word(data.content_type),
            text=None if content is None else cut.message_text(content.text),
        ),
    )


def conversation_ended(event: Any, record: RawRecord) -> ConversationFacts:
    data = event.data
    return ConversationFacts(
        at=event.timestamp,
        account_id=account(event, record),
        values={
            **_channel(data),
            **words(wrapup_code=data.wrapup_code, disposition=data.disposition, queue=data.queue),
        },
        attributes=_service(event),
        contact=_contact(data),
        status=Status(word=ENDED),
    )


def _service(event: Any) -> dict[str, str | None]:
    """Service levels in seconds, the cost per contact, and who ended it."""
    data = event.data
    said = {"cpc": _number(data.cpc), "source": cut.word(data.source)}
    if data.sla is not None:
        for name in ("time_to_first_response", "time_to_resolution", "time_to_reply"):
            milliseconds = getattr(data.sla, name + "_ms")
            said["sla." + name] = None if milliseconds is None else _number(milliseconds / 1000)
    said |= unknown(event.extra, "sla.")
    return cut.attributes({name: value for name, value in said.items() if value is not None})


def _number(value: float | None) -> str | None:
    return None if value is None else f"{value:.15g}"


def _channel(data: Any) -> dict[str, Value]:
    channel = data.channel
    if channel is None or channel.type is None:
        return {}
    return {"channel": channel_of(channel.type)}


def _contact(data: Any) -> Person | UnsetType:
    contact = data.contact
    if contact is None:
        return UNSET
    return person(contact.id, name=contact.username, handle=contact.channel_identifier)


def _assignee(data: Any) -> Person | UnsetType:
    agent = data.agent
    if agent is None:
        return UNSET
    return person(agent.id, name=agent.name, email=agent.email)
