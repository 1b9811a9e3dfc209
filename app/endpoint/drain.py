"""From the spool to Kafka, the oldest first, whenever Kafka takes it; and the probe of that."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing

from prometheus_client import Counter

from app.endpoint.breaker import Breaker
from app.endpoint.errors import KafkaAway, KafkaRefused, Overloaded
from app.endpoint.log import Log
from app.endpoint.spool.port import Entry, Spool

IN_FLIGHT = 500
_PAUSE_S = 0.2


class Drain:
    """While the breaker is open it sends one webhook at a time: an acknowledgement closes it. It
    closes, too, when nothing is left to try with.
    """

    def __init__(self, spool: Spool, log: Log, breaker: Breaker, drained: Counter) -> None:
        self._spool = spool
        self._log = log
        self._breaker = breaker
        self._drained = drained

    async def run(self) -> None:
        """Until it is cancelled. What is under way then may arrive, and be drained once more."""
        while True:
            await self.once()
            await asyncio.sleep(_PAUSE_S)

    async def once(self) -> None:
        """All that is there, as long as Kafka takes any of it."""
        if self._breaker.held:
            return
        found = False
        async with aclosing(self._spool.oldest_first()) as some:  # pyright: ignore[reportArgumentType]
            async for entries in some:
                found = True
                if not await self._send(entries):
                    break
        if not found:
            self._breaker.close()

    async def _send(self, entries: Sequence[Entry]) -> bool:
        """Whether Kafka is there to go on with."""
        sent = 0
        while sent < len(entries):
            count = 1 if self._breaker.is_open else IN_FLIGHT
            done = await asyncio.gather(*map(self._one, entries[sent : sent + count]))
            if any(done):
                self._breaker.close()
            elif self._breaker.is_open:
                return False
            sent += count
        return True

    async def _one(self, entry: Entry) -> bool:
        """Whether it was acknowledged."""
        try:
            if entry.fate is not None:
                acknowledged = await asyncio.shield(entry.fate)
            else:
                await self._log.append(entry.record)
                acknowledged = True
        except KafkaAway as away:
            if away.fate is not None:
                entry.under_way(away.fate)
            if away.silent:
                self._breaker.trip()
            return False
        except Overloaded:
            await asyncio.sleep(_PAUSE_S)
            return False
        except KafkaRefused:
            entry.refuse()
            return False
        if acknowledged:
            entry.done()
            self._drained.inc()
        return acknowledged
