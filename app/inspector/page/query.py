"""What an address asks for after its `?`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from app.core.times import micros

_OFFSET = re.compile("[0-9]{1,18}")


class NotUnderstood(ValueError):
    """A parameter that no page of this inspector gave."""


class Query:
    """Parameters that are there and not empty."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self._given = {name: value.strip() for name, value in given.items() if value.strip()}

    def get(self, name: str) -> str | None:
        return self._given.get(name)

    def text(self, name: str) -> str:
        return self._given.get(name, "")

    def flag(self, name: str) -> bool:
        return self._given.get(name) in ("1", "on", "true")

    def time(self, name: str) -> int | None:
        """ISO 8601, as microseconds; None for anything else."""
        text = self._given.get(name)
        if text is None or text.isdigit():
            return None
        try:
            return micros(text)
        except ValueError:
            return None

    def no_time(self, name: str) -> str | None:
        """What is given for a time and is none; None where all is well."""
        return None if self.time(name) is not None else self._given.get(name)

    def offset(self, name: str) -> str | None:
        """Of a record. Raises NotUnderstood for anything else."""
        text = self._given.get(name)
        if text is not None and _OFFSET.fullmatch(text) is None:
            raise NotUnderstood(f"{name}={text}")
        return text

    def items(self) -> Mapping[str, str]:
        return self._given
