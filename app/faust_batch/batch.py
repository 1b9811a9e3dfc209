"""A run of consecutive records of one partition, and what was sent on its behalf."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, Protocol

from faust.types.tuples import TP

Headers = list[tuple[str, bytes]]

Outgoing = tuple[bytes | None, bytes | None, Headers, int | None]
"""A record to send: key, value (None is a tombstone), headers, and its timestamp in milliseconds
(None is now). A plain tuple because there is one for every record that leaves the worker."""


class Record(Protocol):
    """A record as aiokafka hands it over. `timestamp` is in milliseconds."""

    @property
    def offset(self) -> int: ...
    @property
    def timestamp(self) -> int: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Sequence[tuple[str, bytes]]: ...


class Delivery(NamedTuple):
    """A record batch on its way. `future` gives the metadata of its first record when the broker
    has acknowledged it, or raises."""

    future: asyncio.Future[Any]
    records: int


class Outbox(Protocol):
    """Where a batch's outputs go: the producer, a transaction, or an in-memory twin in tests.

    `atomic` where all outputs of a batch are seen together or never, and nobody else can write in
    between. Deliveries are then done when all is, so they may not be waited for before.
    """

    @property
    def atomic(self) -> bool: ...

    async def send_rows(
        self, topic: str, partition: int, rows: Iterable[Outgoing]
    ) -> list[Delivery]: ...


class Batch:
    """Consecutive records of one partition. Outputs go to the same partition number.

    It is begun and finished by the agent; it is void from the moment its partition was taken away
    before it was begun: its records are then another worker's, or will be read again.
    `end_offset` is the partition's when the batch was fetched, as far as the broker had said;
    `next_offset` is where the next batch begins, by default after the last record.
    `sending_s` is how long its outputs were being handed over, in seconds.
    """

    # No __len__ or __bool__: Faust drops values that are false.
    __slots__ = (
        "deliveries",
        "done",
        "end_offset",
        "next_offset",
        "outbox",
        "records",
        "sending_s",
        "started",
        "tp",
        "void",
    )

    def __init__(
        self,
        tp: TP,
        records: Sequence[Record],
        outbox: Outbox,
        end_offset: int | None = None,
        next_offset: int | None = None,
    ) -> None:
        self.tp = tp
        self.records: Sequence[Record] = records
        self.next_offset = records[-1].offset + 1 if next_offset is None else next_offset
        self.outbox = outbox
        self.end_offset = end_offset
        self.started = False
        self.void = False
        self.done = asyncio.Event()
        self.deliveries: list[Delivery] = []
        self.sending_s = 0.0

    @property
    def partition(self) -> int:
        return self.tp.partition

    @property
    def lag(self) -> int | None:
        """How many records the broker had beyond this batch when it was fetched."""
        return None if self.end_offset is None else max(0, self.end_offset - self.next_offset)

    def begin(self) -> bool:
        """Whether the batch may be processed; False where it is void."""
        self.started = not self.void
        return self.started

    def finish(self) -> None:
        """The agent has sent all that it will send for this batch; its records are let go, for
        the batch itself stays until it is committed."""
        self.records = ()
        self.done.set()

    async def send(self, topic: str, rows: Iterable[Outgoing]) -> list[Delivery]:
        """Send rows to this batch's partition number of `topic`."""
        began = time.perf_counter()
        deliveries = await self.outbox.send_rows(topic, self.tp.partition, rows)
        self.deliveries += deliveries
        self.sending_s += time.perf_counter() - began
        return deliveries

    @property
    def settled(self) -> bool:
        """Finished, and all that was sent for it is acknowledged: its offset may be committed."""
        return self.done.is_set() and all(
            future.done() and not future.cancelled() and future.exception() is None
            for future, _ in self.deliveries
        )
