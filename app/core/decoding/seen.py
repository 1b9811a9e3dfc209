"""Objects that stand in many bodies, made once."""

from __future__ import annotations

from collections.abc import Callable

from app.core.decoding.structs import Event

LONGEST = 1_024  # bytes of JSON
MOST = 2_048  # objects


class Seen(dict[bytes, Event]):
    """What was made of an object, by its JSON. Events then share it: nobody changes an event."""

    def __init__(self, read: Callable[[bytes], Event], nullable: bool) -> None:
        super().__init__()
        self._read = read
        self._nullable = nullable
        self._forget()

    def __missing__(self, text: bytes) -> Event:
        made = self._read(text)
        if len(text) <= LONGEST:
            if len(self) > MOST:
                self._forget()
            self[text] = made
        return made

    def _forget(self) -> None:
        self.clear()
        if self._nullable:
            self[b"null"] = None
