"""What both kinds of Varda's objects carry: a contact, and where it came from."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from app.core import cut
from app.core.facts import Person
from app.core.vendors.said import person

_PREFIX = "attribution."
_UNKNOWN = "data." + _PREFIX
_KNOWN = {
    key: _PREFIX + key
    for key in ("source", "medium", "campaign", "landing_page", "type", "gclid", "device_type")
}


def attributes(event: Any) -> dict[str, str | None]:
    """Every key of `data.attribution` by its path. Keys vary: those that no schema knows count
    too.
    """
    attribution = event.data.attribution
    said: dict[str, str | None] = {}
    if attribution is not None:
        for key, name in _KNOWN.items():
            value = getattr(attribution, key)
            if value is not None:
                said[name] = value[: cut.WORD]
    if event.extra:
        said |= _unknown(event.extra)
    return said


def _unknown(extra: dict[str, str]) -> dict[str, str | None]:
    said: dict[str, str | None] = {}
    for path, text in extra.items():
        if path.startswith(_UNKNOWN) and text != "null":
            said[path.removeprefix("data.")] = _plain(text)
    return cut.attributes(said)


def _plain(json_text: str) -> str:
    """A JSON string's text; of any other value its JSON."""
    value = msgspec.json.decode(json_text)
    return value if isinstance(value, str) else json_text


def contact(event: Any) -> Person | UnsetType:
    said = event.data.contact
    if said is None:
        return UNSET
    return person(said.id, name=said.name, email=said.email, phone=said.phone)
