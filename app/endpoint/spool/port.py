"""The port to the spool: what the endpoint keeps in it, and what is drained from it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Protocol

import msgspec

from app.core.webhook import RawRecord

Fate = asyncio.Future[bool]
"""Of a record that is under way to Kafka still: whether it was acknowledged after all."""


class Entry(Protocol):
    """A kept webhook that is not known to be on the log."""

    @property
    def record(self) -> RawRecord: ...

    @property
    def fate(self) -> Fate | None:
        """Set while it is under way: then it is not to be sent again."""
        ...

    def under_way(self, fate: Fate) -> None:
        """It was sent, and what became of it is not known yet."""
        ...

    def done(self) -> None:
        """It is on the log. This lasts as long as the process does, no longer."""
        ...

    def refuse(self) -> None:
        """Kafka will never take it as it is: it is set aside, and drained no more."""
        ...


class Contents(msgspec.Struct, frozen=True):
    """How much is in it. `oldest_at` is microseconds since the epoch, None where it is empty."""

    entries: int
    bytes: int
    oldest_at: int | None


class Spool(Protocol):
    """Where a webhook is as safe as this machine's disk."""

    async def keep(self, record: RawRecord, fate: Fate | None = None) -> None:
        """Keep a webhook; when this returns it outlives a power failure. With a `fate`, it is done
        without being drained once that turns out to be true.

        Raises SpoolFull, SpoolBroken or Overloaded, after a bounded time.
        """
        ...

    def oldest_first(self) -> AsyncIterator[Sequence[Entry]]:
        """All that is kept and not done, some at a time. What other processes left is among it."""
        ...

    def contents(self) -> Contents: ...

    def trouble(self) -> str | None:
        """Why it takes nothing, in a sentence; None while it does."""
        ...

    async def close(self) -> None: ...
