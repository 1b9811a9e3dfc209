"""Voxsig's events, and what each says (None: it changes no row)."""

from __future__ import annotations

from app.core.vendors.contract import EventType, FactsOf
from app.core.vendors.voxsig import facts
from app.core.vendors.voxsig.identify import AUTOMATION


def _event(name: str, facts: FactsOf | None = None) -> EventType:
    return EventType(name, schema=name, facts=facts)


EVENTS = (
    _event("conversation_created", facts.conversation),
    _event("conversation_updated", facts.conversation),
    _event("conversation_status_changed", facts.conversation),
    _event("conversation_opened", facts.conversation),
    _event("conversation_resolved", facts.conversation),
    EventType(AUTOMATION, schema="automation_event", facts=facts.conversation),
    EventType("macro.executed", schema="macro_executed", facts=facts.conversation),
    _event("message_created", facts.message_created),
    _event("message_updated", facts.message_updated),
    _event("conversation_typing_on"),
    _event("conversation_typing_off"),
    _event("contact_created", facts.contact_created),
    _event("contact_updated", facts.contact_updated),
    _event("webwidget_triggered"),
    _event("inbox_created"),
    _event("inbox_updated"),
)
