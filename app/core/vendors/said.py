"""What an event says, where a missing field and a null say nothing (all vendors but Voxsig)."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, UnsetType

from app.core.cut import WORD
from app.core.facts import Person


def words(**fields: str | None) -> dict[str, Any]:
    """Those of the short texts that are said, cut: values or attributes of facts."""
    return {name: text[:WORD] for name, text in fields.items() if text is not None}


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
