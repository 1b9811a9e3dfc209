"""The twin in memory of app.kafka.log.Log."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from app.errors import UserError
from app.kafka.log import Progress
from app.kafka.partition import partition_of
from app.kafka.record import Headers, Record, Span


class MemoryLog:
    def __init__(self, partitions: int = 2) -> None:
        self._count = partitions
        self._topics: dict[str, list[list[Record]]] = {}
        self._ends: dict[tuple[str, int], int] = {}
        self._first: dict[tuple[str, int], int] = {}

    def create(self, topic: str, partitions: int | None = None) -> None:
        """With as many as all have, or another number."""
        self._topics.setdefault(topic, [[] for _ in range(partitions or self._count)])

    def partition_of(self, key: str) -> int:
        return partition_of(key, self._count)

    def append(
        self,
        topic: str,
        partition: int,
        key: bytes | None,
        value: bytes | None,
        headers: Headers | None = None,
        timestamp_ms: int = 0,
    ) -> int:
        """Returns the offset."""
        self.create(topic)
        offset = self._ends.get((topic, partition), 0)
        self._ends[topic, partition] = offset + 1
        record = Record(topic, partition, offset, key, value, headers or [], timestamp_ms)
        self._topics[topic][partition].append(record)
        return offset

    def drop(self, topic: str, partition: int, offset: int) -> None:
        """As compaction does: the record goes, its offset stays taken."""
        records = self._topics[topic][partition]
        records[:] = [record for record in records if record.offset != offset]

    def expire(self, topic: str, partition: int, first: int) -> None:
        """As retention does: the partition now begins at `first`."""
        self._first[topic, partition] = first
        records = self._topics[topic][partition]
        records[:] = [record for record in records if record.offset >= first]

    # What Log does, as app.read.reader.Reader asks for it

    def partitions(self, topic: str) -> int:
        return len(self._partitions(topic))

    def _partitions(self, topic: str) -> list[list[Record]]:
        if topic not in self._topics:
            raise UserError(f"There is no topic {topic}.", "Create it.")
        return self._topics[topic]

    def spans(self, topic: str) -> dict[int, Span]:
        return {number: self.span(topic, number) for number in range(self.partitions(topic))}

    def span(self, topic: str, number: int) -> Span:
        self._partitions(topic)
        return Span(self._first.get((topic, number), 0), self._ends.get((topic, number), 0))

    def spans_since(self, topic: str, at: int) -> dict[int, Span]:
        numbers = range(self.partitions(topic))
        return {number: self.span_since(topic, number, at) for number in numbers}

    def span_since(self, topic: str, number: int, at: int) -> Span:
        end = self.span(topic, number).end
        records = self._partitions(topic)[number]
        later = (record.offset for record in records if record.timestamp_ms * 1000 >= at)
        return Span(next(later, end), end)

    def read(
        self,
        topic: str,
        spans: Mapping[int, Span] | None = None,
        progress: Progress | None = None,
    ) -> Iterator[Record]:
        spans = self.spans(topic) if spans is None else spans
        total = sum(span.end - span.first for span in spans.values())
        passed = 0
        for number, span in spans.items():
            for record in list(self._partitions(topic)[number]):
                if span.first <= record.offset < span.end:
                    yield record
            passed += span.end - span.first
            if progress is not None:
                progress(passed, total)

    def fetch(self, topic: str, partition: int, offsets: Collection[int]) -> list[Record]:
        wanted = frozenset(offsets)
        return [r for r in self._partitions(topic)[partition] if r.offset in wanted]

    def follow(
        self, topics: Sequence[str], start: Mapping[str, Mapping[int, int]] | None = None
    ) -> Iterator[Record | None]:
        ends = {topic: {n: s.end for n, s in self.spans(topic).items()} for topic in topics}
        position = {topic: ends[topic] | dict((start or {}).get(topic, {})) for topic in topics}
        while True:
            new = [
                record
                for topic in topics
                for number, records in enumerate(self._partitions(topic))
                for record in records
                if record.offset >= position[topic][number]
            ]
            for record in new:
                position[record.topic][record.partition] = record.offset + 1
                yield record
            if not new:
                yield None
