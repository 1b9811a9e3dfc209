"""The port through which webhooks reach the raw log, and its twin in memory."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import NamedTuple, Protocol

from app.core.webhook import RawRecord


class Position(NamedTuple):
    """Where a record is, acknowledged by all copies there must be."""

    topic: str
    partition: int
    offset: int


class Log(Protocol):
    """The raw log. `partition` and `offset` of an appended record are not looked at."""

    def append(self, record: RawRecord) -> Awaitable[Position]:
        """Append a record. The result comes when it is durable; until then nothing is promised.
        Raises (at once or as the result) a `Failure` where that was not to be had in time.
        """
        ...

    async def close(self) -> None:
        """Let what is under way arrive, for a bounded time, and end."""
        ...


class MemoryLog:
    """A log of one partition that remembers records; `failure` set makes every append fail."""

    def __init__(self, topic: str = "webhooks.raw") -> None:
        self.topic = topic
        self.records: list[RawRecord] = []
        self.failure: Exception | None = None
        self.closed = False

    async def append(self, record: RawRecord) -> Position:
        if self.failure is not None:
            raise self.failure
        self.records.append(record)
        return Position(self.topic, 0, len(self.records) - 1)

    async def close(self) -> None:
        self.closed = True
