"""What both kinds of Varda's objects carry: a contact, and where it came from."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, UnsetType

from app.core import cut
from app.core.facts import Person
from app.core.vendors.said import person, unknown

_PREFIX = "attribution."


def attributes(event: Any) -> dict[str, str | None]:
    """Every key of `data.attribution`, by its path in `data`. Keys vary."""
    known = event.data.attribution
    said: dict[str, str | None] = {}
    if known is not None:
        texts = {
            "attribution.source": known.source,
            "attribution.medium": known.medium,
            "attribution.campaign": known.campaign,
            "attribution.landing_page": known.landing_page,
            "attribution.type": known.type,
            "attribution.gclid": known.gclid,
            "attribution.device_type": known.device_type,
        }
        said = {name: text[: cut.WORD] for name, text in texts.items() if text is not None}
    if event.extra:
        return cut.attributes(said | unknown(event.extra, _PREFIX))
    return said


def contact(event: Any) -> Person | UnsetType:
    said = event.data.contact
    if said is None:
        return UNSET
    return person(said.id, name=said.name, email=said.email, phone=said.phone)
