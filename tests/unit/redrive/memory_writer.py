"""The twin in memory of app.kafka.transactional.TransactionalWriter, which may die at any step."""

from __future__ import annotations

from collections import Counter
from typing import Self

from app.core.webhook import Headers, Place
from app.kafka.transactional import TakenOver
from tests.unit.read.memory_log import MemoryLog


class Died(BaseException):
    """As `kill -9`: nobody catches it."""


class Broker:
    """Knows which writer is the one; and at which step the next one dies, if it does."""

    def __init__(self, log: MemoryLog) -> None:
        self.log = log
        self.owner: MemoryWriter | None = None


class MemoryWriter:
    """`steps` are those it may take before it dies, or before `other` takes over."""

    def __init__(
        self, broker: Broker, steps: int | None = None, other: MemoryWriter | None = None
    ) -> None:
        self.commits = 0
        self._broker = broker
        self._left = steps
        self._other = other
        self._open: list[tuple[str, int, bytes, bytes | None, Headers]] = []
        self._settled = 0

    def take_over(self, *topics: str, partition: int | None = None) -> None:
        self._step(owned=False)
        self._broker.owner = self

    def write(
        self,
        topic: str,
        partition: int,
        key: bytes,
        value: bytes | None,
        headers: Headers | None = None,
    ) -> None:
        self._step()
        self._open.append((topic, partition, key, value, headers or []))

    @property
    def is_open(self) -> bool:
        return bool(self._open)

    def settle(self) -> list[Place]:
        self._step()
        places: list[Place] = []
        ahead: Counter[Place] = Counter()
        for n, (topic, partition, *_) in enumerate(self._open):
            end = self._broker.log.spans(topic)[partition].end
            if n >= self._settled:
                places.append((partition, end + ahead[topic, partition]))
            ahead[topic, partition] += 1
        self._settled = len(self._open)
        return places

    def commit(self) -> None:
        self._step()
        for topic, partition, key, value, headers in self._open:
            self._broker.log.append(topic, partition, key, value, headers)
        self._open, self._settled = [], 0
        self.commits += 1
        self._step()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """What is not committed is as if it had never been."""

    def _step(self, *, owned: bool = True) -> None:
        if self._left is not None:
            self._left -= 1
            if self._left < 0 and self._other is None:
                raise Died
            if self._left == -1 and self._other is not None:
                self._other.take_over()
        if owned and self._broker.owner is not self:
            raise TakenOver
