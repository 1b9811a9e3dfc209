"""What every Voiso event says in the same way: when, and of which account."""

from __future__ import annotations

from typing import Any

from app.core import cut
from app.core.vendors.contract import Context


def event_time(event: Any, context: Context) -> int:
    return context.received_at if event.timestamp is None else event.timestamp


def account(event: Any, context: Context) -> str | None:
    said = event.contact_center_id
    return context.account_id if said is None else cut.word(said)
