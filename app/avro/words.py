"""Texts of which a field has few: each one's encoding is remembered, its length and itself."""

from __future__ import annotations

from collections.abc import Iterable

from app.avro.varint import varint

MOST = 4_096  # texts that are remembered
LONGEST = 256  # characters; longer ones are made each time


class Words(dict[object, str]):
    """What a text is encoded as, a character for each byte. `head` precedes it; what is `absent`
    (None, UNSET) is `null`. Raises TypeError for what is neither.
    """

    def __init__(self, head: str, null: str, absent: Iterable[object]) -> None:
        self._head = head
        self._absent = dict.fromkeys(absent, null)
        super().__init__(self._absent)

    def __missing__(self, text: str) -> str:
        latin = text if str.isascii(text) else wide(text)
        made = f"{self._head}{varint(len(latin))}{latin}"
        if len(text) <= LONGEST:
            if len(self) >= MOST:
                self.clear()
                self.update(self._absent)
            self[text] = made
        return made


def wide(text: str) -> str:
    """Text that is not all ASCII: a character for each byte of its UTF-8."""
    return text.encode().decode("latin-1")
