"""The batches that are not committable yet, by partition, in offset order."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from faust.types.tuples import TP

from app.faust_batch.batch import Batch


class OpenBatches:
    """What was delivered to agents, and how far each partition is safe to commit."""

    def __init__(self) -> None:
        self._open: dict[TP, deque[Batch]] = {}
        self._safe: dict[TP, int] = {}

    def add(self, batch: Batch) -> None:
        """One that follows a void one is void, too: rows of a later record hide an earlier one."""
        batches = self._open.setdefault(batch.tp, deque())
        batch.void = bool(batches) and batches[-1].void
        batches.append(batch)

    def partitions(self) -> list[TP]:
        return list(self._open)

    def committable(self, tp: TP) -> int | None:
        """The offset up to which everything was processed and acknowledged; None if unknown.

        It stays after a commit, so that a commit that failed is tried again.
        """
        batches = self._open[tp]
        while batches and batches[0].settled:
            self._safe[tp] = batches.popleft().next_offset
        return self._safe.get(tp)

    def void_waiting(self, tps: Iterable[TP] | None = None) -> None:
        """Batches (of these partitions) that no agent has begun will not be processed: their
        records are read again."""
        for tp in self._open if tps is None else tps:
            for batch in self._open.get(tp, ()):
                batch.void = not batch.started

    async def until_idle(self) -> None:
        """Until every batch that an agent has begun is finished."""
        at_work = [b for batches in self._open.values() for b in batches if b.started]
        for batch in at_work:
            await batch.done.wait()

    def forget(self, tps: Iterable[TP]) -> None:
        """These partitions were taken away."""
        for tp in tps:
            self._safe.pop(tp, None)
            for batch in self._open.pop(tp, ()):
                batch.void = not batch.started
