"""Fixed lengths that what vendors say is cut to, so that a row's greatest size is known.

All are counted in characters and chosen without regard to order: a fold sees the same cut
whatever arrives first. What is not text (None, UNSET) passes through untouched.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

MESSAGE = 280
WORD = 256
NOTES = 1_024
URL = 2_048
MOST_ATTRIBUTES = 64
MOST_LABELS = 64
NAME = 64  # an attribute's name, a label

T = TypeVar("T")


def message_text(value: T) -> T | str:
    """The text of a message: its first 280 characters."""
    return value[:MESSAGE] if isinstance(value, str) else value


def word(value: T) -> T | str:
    """An id, name, e-mail, phone number, handle, status or other short text."""
    return value[:WORD] if isinstance(value, str) else value


def notes(value: T) -> T | str:
    return value[:NOTES] if isinstance(value, str) else value


def url(value: T) -> T | str:
    return value[:URL] if isinstance(value, str) else value


def labels(values: Iterable[str]) -> list[str]:
    """The first 64, in the vendor's order."""
    return [label[:NAME] for label, _ in zip(values, range(MOST_LABELS), strict=False)]


V = TypeVar("V", str, str | None)


def attributes(said: Mapping[str, V]) -> dict[str, V]:
    """The first 64 by sorted name; of two names that are cut to one, the first."""
    kept: dict[str, V] = {}
    for name in sorted(said):
        if len(kept) == MOST_ATTRIBUTES:
            break
        value = said[name]
        kept.setdefault(name[:NAME], value[:WORD] if isinstance(value, str) else value)
    return kept
