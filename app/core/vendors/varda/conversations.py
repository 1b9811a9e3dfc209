"""What Varda's events say of conversations. Where a field is missing or null, nothing is said."""

from __future__ import annotations

from typing import Any

from app.core import cut
from app.core.channels import channel_of
from app.core.facts import ConversationFacts, Message, MessageClass, Status
from app.core.vendors.said import words
from app.core.vendors.varda.attribution import attributes, contact
from app.core.webhook import RawRecord

_CLASSES: dict[str, MessageClass] = {"inbound": "inbound", "outbound": "outbound"}
_AUTOMATIC = ("bot", "system")
_RESOLVED = ("resolved",)
_CLOSED = ("closed", "ended", "archived")


def created(event: Any, record: RawRecord) -> ConversationFacts:
    word = event.data.status
    return _conversation(event, record, None if word is None else Status(word=cut.word(word)))


def resolved(event: Any, record: RawRecord) -> ConversationFacts:
    return _conversation(event, record, _over(event, _RESOLVED, event.data.resolved_at))


def closed(event: Any, record: RawRecord) -> ConversationFacts:
    return _conversation(event, record, _over(event, _CLOSED, event.data.closed_at))


def _over(event: Any, words: tuple[str, ...], at: int | None) -> Status:
    """The event itself says that it is over, whatever else its status may be by now."""
    data = event.data
    return Status(
        word=data.status if data.status in words else words[0],
        at=data.updated_at if at is None else at,
    )


def _conversation(event: Any, record: RawRecord, status: Status | None) -> ConversationFacts:
    data = event.data
    channel = None if data.channel_type is None else channel_of(data.channel_type)
    return ConversationFacts(
        at=event.timestamp,
        account_id=record.account,
        created_at=data.created_at,
        values=words(priority=data.priority, channel=channel),
        attributes=attributes(event),
        contact=contact(event),
        status=status,
    )


def message_created(event: Any, record: RawRecord) -> ConversationFacts:
    return ConversationFacts(
        at=event.timestamp,
        account_id=record.account,
        contact=contact(event),
        message=_message(event, record),
    )


def _message(event: Any, record: RawRecord) -> Message | None:
    data = event.data
    cls = "automated" if data.sender_type in _AUTOMATIC else _CLASSES.get(data.direction)
    if data.id is None or cls is None:
        return None
    return Message(
        id=data.id[: cut.WORD],
        cls=cls,
        at=_message_time(event, record),
        content_type=cut.word(data.message_type),
        text=cut.message_text(data.content),
    )


def _message_time(event: Any, record: RawRecord) -> int:
    if event.data.created_at is not None:
        return event.data.created_at
    return record.received_at if event.timestamp is None else event.timestamp
