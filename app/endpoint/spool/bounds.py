"""How much the spool holds at most."""

from __future__ import annotations

import msgspec


class Bounds(msgspec.Struct, frozen=True):
    max_bytes: int
    max_age_s: float

    @property
    def room(self) -> int:
        """What must be left for it to count as not full."""
        return min(64 * 1024, self.max_bytes // 16)

    def full(self, size: int, oldest_at: int | None, now: float) -> str | None:
        """Why it is full with `size` bytes in it, in a sentence; None where it is not. `oldest_at`
        in microseconds, `now` in seconds since the epoch.
        """
        if size > self.max_bytes:
            return f"the spool is full: more than {self.max_bytes:,} bytes"
        if oldest_at is not None and now - oldest_at / 1_000_000 > self.max_age_s:
            return f"the spool is full: its oldest webhook waits for more than {self.max_age_s:g} s"
        return None
