"""A row's attributes: string to string, each by its own stamp."""

from __future__ import annotations

from collections.abc import Mapping

from app.core.stamps import NEVER

MOST = 64  # keys a row keeps: the first in alphabetical order, so that arrival does not matter


def take_attributes(
    attributes: dict[str, str],
    stamps: dict[str, bytes],
    said: Mapping[str, str | None],
    by: bytes,
) -> None:
    """Set or (None) clear each said attribute whose stamp is the greatest yet."""
    for name, value in said.items():
        if by <= stamps.get(name, NEVER):
            continue
        stamps[name] = by
        if value is None:
            attributes.pop(name, None)
        else:
            attributes[name] = value
    if len(stamps) > MOST:
        for name in sorted(stamps)[MOST:]:
            del stamps[name]
            attributes.pop(name, None)
