"""What an event says, where a missing field and a null say nothing (all vendors but Voxsig)."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from app.core.cut import WORD
from app.core.facts import Person


def words(**fields: str | None) -> dict[str, Any]:
    """Those of the short texts that are said, cut: values or attributes of facts."""
    for name, text in [*fields.items()]:  # of a dict that is ours alone: cheaper than another
        if text is None:
            del fields[name]
        elif len(text) > WORD:
            fields[name] = text[:WORD]
    return fields


def person(
    id: str | None,
    *,
    name: str | None = None,
    email: str | None = None,
    phone: str | None = None,
    handle: str | None = None,
    extension: str | None = None,
) -> Person | UnsetType:
    """A person, texts cut; UNSET where nothing is said of one."""
    if id is None and not (name or email or phone or handle or extension):
        return UNSET
    return Person(
        id=None if id is None else id[:WORD],
        name=UNSET if name is None else name[:WORD],
        email=UNSET if email is None else email[:WORD],
        phone=UNSET if phone is None else phone[:WORD],
        handle=UNSET if handle is None else handle[:WORD],
        extension=UNSET if extension is None else extension[:WORD],
    )


def unknown(extra: dict[str, str], prefix: str) -> dict[str, str | None]:
    """Fields of `data` that no schema knows, as attributes by their path in `data`: those whose
    path begins with `prefix`. A text is itself, any other value its JSON.
    """
    begins = "data." + prefix
    return {
        path.removeprefix("data."): _plain(json_text)
        for path, json_text in extra.items()
        if path.startswith(begins) and json_text != "null"
    }


def _plain(json_text: str) -> str:
    value = msgspec.json.decode(json_text)
    return value if isinstance(value, str) else json_text
