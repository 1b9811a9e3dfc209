"""What every Voiso event says in the same way: when, and of which account."""

from __future__ import annotations

from typing import Any

from app.core import cut
from app.core.webhook import RawRecord


def event_time(event: Any, record: RawRecord) -> int:
    return record.received_at if event.timestamp is None else event.timestamp


def account(event: Any, record: RawRecord) -> str | None:
    said = event.contact_center_id
    return record.account if said is None else cut.word(said)
