"""What every Voiso event says in the same way: when, of which account, by which agent."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, UnsetType

from app.core import cut
from app.core.facts import Person
from app.core.vendors.contract import Context
from app.core.vendors.said import person


def event_time(event: Any, context: Context) -> int:
    return context.received_at if event.timestamp is None else event.timestamp


def account(event: Any, context: Context) -> str | None:
    said = event.contact_center_id
    return context.account_id if said is None else cut.word(said)


def agent(data: Any) -> Person | UnsetType:
    said = data.agent
    if said is None:
        return UNSET
    return person(said.id, name=said.name, email=said.email, extension=said.extension)
