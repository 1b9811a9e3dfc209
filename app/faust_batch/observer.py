"""What a worker tells of itself, for metrics and logs. Called in the worker's event loop."""

from __future__ import annotations

from collections.abc import Iterable

from faust.types.tuples import TP


class Observer:
    """Override what is wanted; nothing here may block or raise. Times are in seconds."""

    def revoked(self, tps: Iterable[TP]) -> None:
        """A rebalance began; until `ready` nothing is processed."""

    def recovered(self, table: str, partitions: Iterable[int], rows: int) -> None:
        """A table holds all that its changelog says of these partitions."""

    def ready(self, sources: Iterable[TP], seconds: float) -> None:
        """Processing goes on with these partitions; the rebalance took so long."""

    def processed(self, tp: TP, records: int, seconds: float, lag: int | None) -> None:
        """A batch was processed and its outputs handed to the producer. `lag` is the number of
        records that the broker had beyond it when it was fetched, None where it had not said."""

    def sent(self, topic: str, records: int) -> None:
        """Records were handed to the producer."""

    def written(self, table: str, tp: TP, rows: int, records: int) -> None:
        """A batch of so many records changed so many rows."""

    def committed(self, tp: TP, offset: int) -> None:
        """Everything before this offset is processed and acknowledged."""
