"""What reading needs of Kafka."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Protocol

from app.kafka.log import Progress
from app.kafka.record import Record, Span


class Reader(Protocol):
    """`app.kafka.log.Log`, which documents each, or its twin in memory. One reading at a time."""

    def partitions(self, topic: str) -> int: ...

    def spans(self, topic: str) -> dict[int, Span]: ...

    def span(self, topic: str, number: int) -> Span: ...

    def spans_since(self, topic: str, at: int) -> dict[int, Span]: ...

    def span_since(self, topic: str, number: int, at: int) -> Span: ...

    def read(
        self,
        topic: str,
        spans: Mapping[int, Span] | None = None,
        progress: Progress | None = None,
    ) -> Iterator[Record]: ...

    def fetch(self, topic: str, partition: int, offsets: Collection[int]) -> list[Record]: ...

    def follow(
        self, topics: Sequence[str], start: Mapping[str, Mapping[int, int]] | None = None
    ) -> Iterator[Record | None]: ...
