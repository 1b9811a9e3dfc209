"""What Varda's events say of contacts. Where a field is missing or null, nothing is said."""

from __future__ import annotations

from typing import Any

from app.core.facts import ContactFacts
from app.core.vendors.contract import Context
from app.core.vendors.said import words


def known(event: Any, context: Context) -> ContactFacts:
    """`data` is the contact, or encloses it."""
    data = event.data
    said = data if data.id is not None or data.contact is None else data.contact
    return ContactFacts(
        at=event.timestamp,
        account_id=context.account_id,
        created_at=data.created_at,
        values=words(type="contact", name=said.name, email=said.email, phone=said.phone),
    )
