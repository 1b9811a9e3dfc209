"""What Voxsig's events say of conversations and contacts.

A body is a snapshot: a field that is absent (UNSET) says nothing, an explicit null (None) clears.
"""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, UnsetType

from app.core import cut
from app.core.channels import channel_of
from app.core.cut import WORD
from app.core.facts import (
    ContactFacts,
    ConversationFacts,
    Message,
    Person,
    Status,
    Value,
)
from app.core.vendors.voxsig.changes import changed_time, changed_word, custom_attributes
from app.core.vendors.voxsig.message_class import class_of
from app.core.webhook import RawRecord


def conversation(event: Any, record: RawRecord) -> ConversationFacts:
    """Every event whose body is a conversation: each is a point of its status history."""
    values: dict[str, Value] = {}
    _say(values, "priority", event.priority)
    _say(values, "inbox_id", event.inbox_id)
    if event.labels is not UNSET:
        values["labels"] = None if event.labels is None else cut.labels(event.labels)
    if event.inbox:
        _say(values, "inbox_name", event.inbox.name)
    if event.meta and event.meta.team is not UNSET:
        _say(values, "team", event.meta.team and event.meta.team.name)
    _say_channel(values, event.channel)
    status = event.status or changed_word(event.changed_attributes, "status")
    return ConversationFacts(
        at=_time_of(event),
        id=event.id,
        account_id=_account(event, event.id, record),
        created_at=event.created_at or None,
        values=values,
        attributes=custom_attributes(event.custom_attributes),
        contact=_contact(event.meta.sender) if event.meta else UNSET,
        assignee=_assignee(event.meta.assignee) if event.meta else UNSET,
        status=Status(word=cut.word(status)) if status else None,
    )


def message_created(event: Any, record: RawRecord) -> ConversationFacts:
    """Where the body has no time, its receipt is the event's time and the message's."""
    sent_at = event.created_at or record.received_at
    return _message(event, record, at=event.created_at or None, sent_at=sent_at, update=False)


def message_updated(event: Any, record: RawRecord) -> ConversationFacts:
    """Its own time is not the message's: where that is not said either, nothing is."""
    at = event.updated_at or _time_of(event.conversation)
    return _message(event, record, at=at, sent_at=event.created_at or None, update=True)


def _message(
    event: Any, record: RawRecord, *, at: int | None, sent_at: int | None, update: bool
) -> ConversationFacts:
    """One message. Of the conversation around it, a snapshot that may be older or newer, the
    status is not learned; nor is anything of the messages inside it.
    """
    around = event.conversation
    values: dict[str, Value] = {}
    _say(values, "inbox_id", around.inbox_id)
    if event.inbox:
        _say(values, "inbox_id", event.inbox.id)
        _say(values, "inbox_name", event.inbox.name)
    _say_channel(values, around.channel)
    contact = _contact(around.meta.sender) if around.meta else UNSET
    return ConversationFacts(
        at=at,
        id=around.id,
        account_id=_account(event, around.id, record),
        values=values,
        contact=_contact(event.contact or UNSET) if contact is UNSET else contact,
        assignee=_assignee(around.meta.assignee) if around.meta else UNSET,
        message=Message(
            id=cut.word(event.id),
            cls=class_of(event),
            at=sent_at,
            content_type=cut.word(event.content_type or None),
            text=None if event.content is UNSET else cut.message_text(event.content),
            update=update,
        ),
    )


def contact_created(event: Any, record: RawRecord) -> ContactFacts:
    """The oldest values there are: they never beat an update's, whenever they arrive."""
    return _contact_facts(event, record, at=None, oldest=True)


def contact_updated(event: Any, record: RawRecord) -> ContactFacts:
    at = changed_time(event.changed_attributes, "updated_at")
    return _contact_facts(event, record, at=at, oldest=False)


def _contact_facts(event: Any, record: RawRecord, *, at: int | None, oldest: bool) -> ContactFacts:
    values: dict[str, Value] = {"type": "contact"}
    _say(values, "name", event.name)
    _say(values, "email", event.email)
    _say(values, "phone", event.phone_number)
    _say(values, "handle", event.identifier)
    return ContactFacts(
        at=at,
        id=event.id,
        account_id=_account(event, event.id, record),
        values=values,
        attributes=custom_attributes(event.custom_attributes),
        oldest=oldest,
    )


def _time_of(conversation: Any) -> int | None:
    """A conversation's body states no event time: its last update stands for it."""
    return (
        conversation.updated_at or conversation.timestamp or conversation.last_activity_at or None
    )


def _account(event: Any, id: str, record: RawRecord) -> str | None:
    """The account the key was made with."""
    if event.account and event.account.id:
        return event.account.id
    account = record.key_id.removesuffix(f"-{id}")
    return record.account if account == record.key_id else account


def _say(values: dict[str, Value], name: str, value: str | UnsetType | None) -> None:
    if value is not UNSET:
        values[name] = value and value[:WORD]


def _say_channel(values: dict[str, Value], channel: str | UnsetType | None) -> None:
    if channel is not UNSET:
        values["channel"] = None if channel is None else channel_of(channel)


def _contact(one: Any) -> Person | UnsetType | None:
    if not one:
        return one
    id, name, email = one.id or None, one.name, one.email
    phone, handle = one.phone_number, one.identifier
    if id is None and name is email is phone is handle is UNSET:  # {} says nothing of anybody
        return UNSET
    return Person(
        id=id and id[:WORD],
        name=name and name[:WORD],
        email=email and email[:WORD],
        phone=phone and phone[:WORD],
        handle=handle and handle[:WORD],
    )


def _assignee(one: Any) -> Person | UnsetType | None:
    if not one:
        return one
    id, name, email = one.id or None, one.name, one.email
    if id is None and name is email is UNSET:
        return UNSET
    return Person(id=id and id[:WORD], name=name and name[:WORD], email=email and email[:WORD])
