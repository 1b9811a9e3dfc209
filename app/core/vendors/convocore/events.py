"""Convocore's events, and what each says (None: it changes no row)."""

from __future__ import annotations

from app.core.vendors.contract import EventType, FactsOf
from app.core.vendors.convocore import facts


def _event(name: str, facts: FactsOf | None = None) -> EventType:
    return EventType(name, schema=name, facts=facts)


EVENTS = (
    _event("message_received", facts.message_received),
    _event("chat_delegated", facts.chat_delegated),
    _event("form_submitted", facts.form_submitted),
    _event("bug_reported", facts.bug_reported),
    _event("lead_captured", facts.lead_captured),
    _event("client_created", facts.client_known),
    _event("client_updated", facts.client_known),
    _event("client_deleted", facts.client_deleted),
    _event("agent_created"),
    _event("agent_updated"),
    _event("agent_deleted"),
    _event("organisation_created"),
    _event("organisation_updated"),
    _event("organisation_deleted"),
    _event("webhook_test"),
)
