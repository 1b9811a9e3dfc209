"""Batches of records that were never on a broker."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from faust.types.tuples import TP

from app.faust_batch.app import App
from app.faust_batch.batch import Batch, Delivery, Outbox, Outgoing
from app.faust_batch.memory import MemoryRecord, MemoryTopics
from app.faust_batch.tuning import Tuning

SOURCE = TP("source", 0)


class Ended(BaseException):
    """The process would have ended here."""


def end(code: int) -> None:
    raise Ended(code)


def app(**options: Any) -> App:
    """An app that is never started, without transactions, and whose process cannot end."""
    options = {"tuning": Tuning(transactions=False), "end_process": end} | options
    return App("group", "127.0.0.1:1", **options)


def records(*values: bytes | None, first: int = 0, key: bytes | None = b"k") -> list[MemoryRecord]:
    return [
        MemoryRecord(offset, 1_000 + offset, key, value, [])
        for offset, value in enumerate(values, first)
    ]


def batch(first: int = 0, count: int = 2, tp: TP = SOURCE, outbox: Outbox | None = None) -> Batch:
    values = [b"%d" % n for n in range(count)]
    return Batch(tp, records(*values, first=first), outbox or MemoryTopics())


class SlowOutbox:
    """Acknowledges when it is told to."""

    atomic = False

    def __init__(self) -> None:
        self.deliveries: list[Delivery] = []

    async def send_rows(
        self, topic: str, partition: int, rows: Iterable[Outgoing]
    ) -> list[Delivery]:
        delivery = Delivery(asyncio.get_running_loop().create_future(), len(list(rows)))
        self.deliveries.append(delivery)
        return [delivery]
