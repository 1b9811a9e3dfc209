"""Voiso's events, and what each says (None: it changes no row)."""

from __future__ import annotations

from app.core.vendors.contract import EventType, FactsOf
from app.core.vendors.voiso import calls, conversations
from app.core.vendors.voiso.identify import CALL_RECORD, CALLS, USER, WEBHOOK_FAILURE


def _event(name: str, facts: FactsOf | None = None) -> EventType:
    return EventType(name, schema=name.replace(".", "_"), facts=facts)


EVENTS = (
    _event("message.received", conversations.message_received),
    _event("message.sent", conversations.message_sent),
    _event("conversation.ended", conversations.conversation_ended),
    *(
        _event(call, calls.call_answered if call.endswith(".answered") else calls.call_ended)
        for call in CALLS
    ),
    _event(CALL_RECORD, calls.call_record),
    _event(USER),
    _event(WEBHOOK_FAILURE),
)
