"""What a worker tells of itself, for metrics and logs. Called in the worker's event loop."""

from __future__ import annotations

from collections.abc import Iterable

from faust.types.tuples import TP

from app.faust_batch.batch import Batch


class Observer:
    """Override what is wanted; nothing here may block or raise. Times are in seconds."""

    def revoked(self, tps: Iterable[TP]) -> None:
        """A rebalance began; until `ready` nothing is processed."""

    def restored(self, table: str, run: Batch, standby: bool) -> None:
        """A run of a changelog was taken into rows, be they to go on with or to stand by with."""

    def recovered(self, table: str, partitions: Iterable[int], rows: int) -> None:
        """A table holds all that its changelog says of these partitions."""

    def ready(self, sources: Iterable[TP], seconds: float) -> None:
        """Processing goes on with these partitions; the rebalance took so long."""

    def fetched(self, batch: Batch) -> None:
        """A batch of a source was fetched; it waits for its agent."""

    def processed(self, batch: Batch, records: int, folding: float, writing: float) -> None:
        """A batch of so many records was processed, for so many seconds, and its outputs handed to
        the producer, which took so many."""

    def sent(self, topic: str, records: int) -> None:
        """Records were handed to the producer."""

    def acknowledged(self, topic: str, records: int, seconds: float) -> None:
        """The broker has a record batch for good, so long after the producer was given it."""

    def transacted(self, tp: TP, batches: int, seconds: float) -> None:
        """A transaction of so many batches was committed, so long after its first request."""

    def aborted(self, tp: TP) -> None:
        """The transaction under way came to nothing: its partition is another worker's."""

    def written(self, table: str, tp: TP, rows: int) -> None:
        """A batch changed so many rows."""

    def committed(self, tp: TP, offset: int) -> None:
        """Everything before this offset is processed and acknowledged."""
