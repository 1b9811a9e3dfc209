"""Varda's events, and what each says."""

from __future__ import annotations

from app.core.vendors.contract import EventType, FactsOf
from app.core.vendors.varda import calls, contacts, conversations


def _event(name: str, facts: FactsOf) -> EventType:
    return EventType(name, schema=name.replace(".", "_"), facts=facts)


EVENTS = (
    _event("conversation.created", conversations.created),
    _event("conversation.resolved", conversations.resolved),
    _event("conversation.closed", conversations.closed),
    _event("message.created", conversations.message_created),
    _event("call.started", calls.started),
    _event("call.ended", calls.ended),
    _event("call.outcome_tagged", calls.outcome_tagged),
    _event("contact.created", contacts.known),
    _event("contact.updated", contacts.known),
)
