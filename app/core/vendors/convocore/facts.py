"""What Convocore's events say. Where a field is missing or null, nothing is said."""

from __future__ import annotations

import re
from typing import Any

from msgspec import UnsetType

from app.core import cut
from app.core.channels import channel_of
from app.core.facts import (
    ContactFacts,
    ConversationFacts,
    Message,
    Occurrence,
    Person,
    Value,
)
from app.core.vendors.said import person, words
from app.core.webhook import RawRecord

_DIGITS = re.compile(r"\d(?:[ ().-]{0,2}\d){6,14}", re.ASCII)
_PHONE_CHANNELS = ("whatsapp", "sms", "voice")  # where a number needs no "+" to be one


def message_received(event: Any, record: RawRecord) -> ConversationFacts:
    """The vendor gives messages no id: it is the event's. Vendor page: always inbound."""
    payload = event.payload
    channel = None if payload.channel is None else channel_of(payload.channel)
    return ConversationFacts(
        at=payload.created_at,
        account_id=record.account,
        values={} if channel is None else {"channel": channel},
        attributes=words(agentId=payload.agent_id, agentName=payload.agent_name),
        contact=_sender(payload.sender, channel),
        message=Message(
            id=record.id,
            cls="inbound",
            at=record.received_at if payload.created_at is None else payload.created_at,
            content_type=cut.word(payload.message_type),
            text=cut.message_text(payload.message_content),
        ),
    )


def chat_delegated(event: Any, record: RawRecord) -> ConversationFacts:
    payload = event.payload
    return ConversationFacts(
        at=payload.created_at,
        account_id=record.account,
        occurrence="delegation",
        assignee=person(
            payload.assigned_to_user_id,
            name=payload.assigned_to_user_name,
            email=payload.assigned_to_user_email,
        ),
        contact=person(
            None,
            name=payload.customer_name,
            email=payload.customer_email,
            phone=payload.customer_phone,
        ),
    )


def form_submitted(event: Any, record: RawRecord) -> ConversationFacts:
    return _occurred("form", event, record)


def bug_reported(event: Any, record: RawRecord) -> ConversationFacts:
    return _occurred("bug", event, record)


def _occurred(what: Occurrence, event: Any, record: RawRecord) -> ConversationFacts:
    return ConversationFacts(
        at=event.payload.created_at, account_id=record.account, occurrence=what
    )


def lead_captured(event: Any, record: RawRecord) -> ContactFacts:
    payload = event.payload
    said = words(name=payload.lead_name, email=payload.lead_email, phone=payload.lead_phone)
    return _contact("lead", event, record, said)


def client_known(event: Any, record: RawRecord) -> ContactFacts:
    """A client that is spoken of after its deletion is there again."""
    return _contact("client", event, record, {**_client(event.payload), "deleted": False})


def client_deleted(event: Any, record: RawRecord) -> ContactFacts:
    return _contact("client", event, record, {**_client(event.payload), "deleted": True})


def _client(payload: Any) -> dict[str, Value]:
    return words(
        name=payload.client_name,
        email=payload.client_email,
        organisation_id=payload.organisation_id,
        organisation_name=payload.organisation_name,
    )


def _contact(type: str, event: Any, record: RawRecord, values: dict[str, Value]) -> ContactFacts:
    return ContactFacts(
        at=event.payload.created_at,
        account_id=record.account,
        values={"type": type, **values},
    )


def _sender(sender: str | None, channel: str | None) -> Person | UnsetType:
    """Whoever wrote has a handle; where that is a phone number, a phone too."""
    if sender is None:
        return person(None)
    return person(None, handle=sender, phone=sender if is_phone(sender, channel) else None)


def is_phone(handle: str, channel: str | None) -> bool:
    """7 to 15 digits after a "+"; without one only where the channel goes by numbers."""
    handle = handle.strip()
    number = handle.removeprefix("+")
    international = number != handle
    return (international or channel in _PHONE_CHANNELS) and bool(_DIGITS.fullmatch(number))
