"""What Varda's events say of contacts. Where a field is missing or null, nothing is said."""

from __future__ import annotations

from typing import Any

from app.core.facts import ContactFacts
from app.core.vendors.said import words
from app.core.webhook import RawRecord


def known(event: Any, record: RawRecord) -> ContactFacts:
    """`data` is the contact, or encloses it."""
    data = event.data
    said = data if data.id is not None or data.contact is None else data.contact
    return ContactFacts(
        at=event.timestamp,
        account_id=record.account,
        created_at=data.created_at,
        values=words(type="contact", name=said.name, email=said.email, phone=said.phone),
    )
