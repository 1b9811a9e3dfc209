"""A shadow: rows beside the live ones, made of the same raw log. What it is called."""

from __future__ import annotations

import re

from app.errors import UserError
from app.kafka.topics import Topics

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}", re.ASCII)


def is_name(text: str) -> bool:
    return _NAME.fullmatch(text) is not None


def shadow_of(live: Topics, name: str) -> Topics:
    """Its topics: those of the prefix `<live prefix><name>.`. Raises UserError for no name."""
    if not is_name(name):
        raise UserError(
            f"{name!r} is no name for a shadow.",
            "Take letters, digits, '-' and '_', at most 100, such as 2026-03-fix.",
        )
    return Topics(f"{live.prefix}{name}.")


def row_topics(topics: Topics) -> list[str]:
    return [*topics.state, topics.ledger]
