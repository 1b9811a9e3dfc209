"""What both kinds of Varda's objects carry: a contact, and where it came from."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from app.core import cut
from app.core.facts import Person
from app.core.vendors.said import person

_UNKNOWN = "data.attribution."


def attributes(event: Any) -> dict[str, str | None]:
    """Every key of `data.attribution` by its path. Keys vary: those that no schema knows count
    too.
    """
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
        return cut.attributes(said | _unknown(event.extra))
    return said


def _unknown(extra: dict[str, str]) -> dict[str, str | None]:
    said: dict[str, str | None] = {}
    for path, text in extra.items():
        if path.startswith(_UNKNOWN) and text != "null":
            said[path.removeprefix("data.")] = _plain(text)
    return said


def _plain(json_text: str) -> str:
    """A JSON string's text; of any other value its JSON."""
    value = msgspec.json.decode(json_text)
    return value if isinstance(value, str) else json_text


def contact(event: Any) -> Person | UnsetType:
    said = event.data.contact
    if said is None:
        return UNSET
    return person(said.id, name=said.name, email=said.email, phone=said.phone)
