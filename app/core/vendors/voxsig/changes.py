"""Reading the parts of a Voxsig body that no schema describes: changed and custom attributes."""

from __future__ import annotations

from typing import Any, cast

import msgspec
from msgspec import UnsetType

from app.core import cut
from app.core.times import micros
from app.core.vendors.contract import Tree

_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode

Text = str | UnsetType | None  # JSON text


def changed_word(changed: Text, name: str) -> str | None:
    """The text that an attribute was changed to."""
    value = _changed(changed, name)
    return value if isinstance(value, str) else None


def changed_time(changed: Text, name: str) -> int | None:
    """The time that an attribute was changed to. What is no time says nothing."""
    value = _changed(changed, name)
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return None
    try:
        return micros(value) or None
    except ValueError:
        return None


def _changed(changed: Text, name: str) -> Any:
    """`changed_attributes` is a list of `{name: {"current_value", "previous_value"}}`, or null."""
    if not changed or f'"{name}"' not in changed:
        return None
    attributes: Any = _decode(changed)
    for attribute in cast(
        "list[Any]", attributes if isinstance(attributes, list) else [attributes]
    ):
        change: Any = cast(Tree, attribute).get(name) if isinstance(attribute, dict) else None
        if isinstance(change, dict):
            return cast(Tree, change).get("current_value")
    return None


def custom_attributes(text: Text) -> dict[str, str | None]:
    """A row's attributes: text as it is, null (which clears), anything else as its JSON text."""
    if not text or text == "{}":
        return {}
    said: Any = _decode(text)
    if not isinstance(said, dict):  # a relay's [] for {}
        return {}
    return cut.attributes({name: _as_text(value) for name, value in cast(Tree, said).items()})


def _as_text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return _encode(value).decode()
