"""Which dead letters are meant."""

from __future__ import annotations

import msgspec

from app.core.webhook import iso
from app.read.dead_letters import Letter


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """By fingerprint, by receive time in microseconds, from `since_at` up to and without
    `until_at`, by key; all that are given must hold. By default, every letter.
    """

    fingerprints: tuple[str, ...] = ()
    since_at: int | None = None
    until_at: int | None = None
    keys: tuple[str, ...] = ()

    def may_take(self, letter: Letter) -> bool:
        """All but the key, which may be another today than the letter's."""
        if self.fingerprints and letter.fingerprint not in self.fingerprints:
            return False
        at = letter.received_at
        if at is None:
            return self.since_at is None and self.until_at is None
        return (self.since_at is None or at >= self.since_at) and (
            self.until_at is None or at < self.until_at
        )

    def takes_key(self, *keys: str) -> bool:
        """Of the key that a letter has and the one that it would have today, either may be
        meant.
        """
        return not self.keys or any(key in self.keys for key in keys)

    def __str__(self) -> str:
        said = [
            f"of {', '.join(self.fingerprints)}" if self.fingerprints else "",
            f"received from {iso(self.since_at)}" if self.since_at is not None else "",
            f"received before {iso(self.until_at)}" if self.until_at is not None else "",
            f"of {', '.join(self.keys)}" if self.keys else "",
        ]
        return "dead letters " + ", ".join(filter(None, said)) if any(said) else "all dead letters"
