"""Reading topics as logs: from any offset or time to the end, by offset, or live.

No consumer group is joined and nothing is committed. Only committed records are seen.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self

from confluent_kafka import TopicPartition

from app.errors import UserError
from app.kafka.away import forbidden, is_forbidden
from app.kafka.connection import Connection
from app.kafka.log_client import MIB, TIMEOUT_S, LogClient
from app.kafka.record import Record, Span, record_of

Progress = Callable[[int, int], None]
"""Called with the offsets passed so far and the offsets to pass."""

_SMALL_FETCH = 64 * 1024
_NEAR = 100  # offsets apart: reading on is cheaper than a seek
_SEEKS = 16  # one reader does so many while another would only be connecting
_AT_ONCE = 4
_AT_THE_END_MS = 5
_LIVE_MS = 100


class Log:
    """A reader of topics. One reading at a time; make another for a second one."""

    def __init__(
        self, kafka: Connection, *, fetch_bytes: int = 2 * MIB, uncommitted: bool = False
    ) -> None:
        """`fetch_bytes`: how much is asked of a partition at a time; small suits a few records.
        With `uncommitted`, records of open and aborted transactions are there, too.
        """
        self._kafka = kafka
        self._fetch_bytes, self._uncommitted = fetch_bytes, uncommitted
        self._client = self._new_client(_AT_THE_END_MS)

    def _new_client(self, wait_ms: int) -> LogClient:
        return LogClient(
            self._kafka,
            fetch_bytes=self._fetch_bytes,
            uncommitted=self._uncommitted,
            wait_ms=wait_ms,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def partitions(self, topic: str) -> int:
        """How many partitions the topic has. Raises UserError where there is no such topic."""
        count = self._count(topic)
        if not count:
            raise UserError(
                f"The Kafka at {self._kafka} has no topic {topic}.",
                "Check the prefix (HOOKLINE_TOPIC_PREFIX), or create the topics with "
                "`hookline topics apply`.",
            )
        return count

    def has(self, topic: str) -> bool:
        """Whether there is such a topic."""
        return self._count(topic) > 0

    def _count(self, topic: str) -> int:
        """Of partitions; 0 where there is no such topic."""
        found = self._client.ask(lambda client: client.list_topics(topic, timeout=TIMEOUT_S))
        described = found.topics[topic]
        if described.error is None:
            return len(described.partitions)
        if is_forbidden(described.error.code()):
            raise forbidden(self._kafka, f"{topic}: {described.error.str()}")
        return 0

    def spans(self, topic: str) -> dict[int, Span]:
        """What each partition holds at this moment."""
        return {number: self._span(topic, number) for number in range(self.partitions(topic))}

    def span(self, topic: str, number: int) -> Span:
        """What one partition holds at this moment: two questions, whatever many there are."""
        self.partitions(topic)
        return self._span(topic, number)

    def _span(self, topic: str, number: int) -> Span:
        part = TopicPartition(topic, number)
        first, end = self._client.ask(
            lambda client: client.get_watermark_offsets(part, timeout=TIMEOUT_S)
        )
        return Span(first, end)

    def spans_since(self, topic: str, at: int) -> dict[int, Span]:
        """Like `spans`, from the first record of each partition whose timestamp is at or after
        `at` (microseconds since the epoch).
        """
        spans = self.spans(topic)
        asked = [TopicPartition(topic, number, -(-at // 1000)) for number in spans]
        found = self._client.ask(lambda client: client.offsets_for_times(asked, timeout=TIMEOUT_S))
        return {
            part.partition: Span(
                spans[part.partition].end if part.offset < 0 else part.offset,
                spans[part.partition].end,
            )
            for part in found
        }

    def span_since(self, topic: str, number: int, at: int) -> Span:
        """Of one partition: three questions, however many there are."""
        end = self.span(topic, number).end
        asked = [TopicPartition(topic, number, -(-at // 1000))]
        (found,) = self._client.ask(
            lambda client: client.offsets_for_times(asked, timeout=TIMEOUT_S)
        )
        return Span(end if found.offset < 0 else found.offset, end)

    def read(
        self,
        topic: str,
        spans: Mapping[int, Span] | None = None,
        progress: Progress | None = None,
    ) -> Iterator[Record]:
        """Every record of the spans, by default all that the topic holds now; in the order of the
        offsets within a partition, partitions mingled. Memory stays bounded.
        """
        spans = self.spans(topic) if spans is None else spans
        left = {number: span for number, span in spans.items() if span.first < span.end}
        total = sum(span.end - span.first for span in left.values())
        passed = {number: span.first for number, span in left.items()}
        base = sum(passed.values())
        self._client.assign([TopicPartition(topic, n, span.first) for n, span in left.items()])
        try:
            while left:
                for message in self._client.batch():
                    ended = self._client.is_end(message)
                    record = record_of(message)
                    number, offset = record.partition, record.offset
                    if (span := left.get(number)) is None:
                        continue
                    if not ended and offset < span.end:
                        yield record
                    if ended or offset >= span.end - 1:
                        del left[number]
                        passed[number] = span.end
                        if left:
                            self._client.let_go(TopicPartition(topic, number))
                    else:
                        passed[number] = offset + 1
                if progress is not None:
                    progress(sum(passed.values()) - base, total)
        finally:
            self._client.release()

    def fetch(self, topic: str, partition: int, offsets: Collection[int]) -> list[Record]:
        """The records at these offsets, in their order; those that are no longer there are left
        out. A seek each, or one for several that lie close together; many go on side by side.
        """
        there = self.span(topic, partition)
        wanted = sorted({offset for offset in offsets if there.first <= offset < there.end})
        runs = list(_runs(wanted))
        size = max(_SEEKS, -(-len(runs) // _AT_ONCE))
        parts = [runs[first : first + size] for first in range(0, len(runs), size)]
        if len(parts) < 2:
            return self._seek(topic, partition, runs)
        with ThreadPoolExecutor(len(parts)) as pool:
            found = pool.map(lambda part: self._seek(topic, partition, part), parts)
            return [record for records in found for record in records]

    def _seek(self, topic: str, partition: int, runs: Sequence[Sequence[int]]) -> list[Record]:
        found: list[Record] = []
        with Log(self._kafka, fetch_bytes=_SMALL_FETCH) as log:
            for run in runs:
                wanted = frozenset(run)
                read = log.read(topic, {partition: Span(run[0], run[-1] + 1)})
                found += [record for record in read if record.offset in wanted]
        return found

    def follow(
        self, topics: Sequence[str], start: Mapping[str, Mapping[int, int]] | None = None
    ) -> Iterator[Record | None]:
        """Records as they are written, without end: from the present end of each topic or, where
        `start` has offsets by topic and partition, from those. None whenever nothing is new for
        a moment. A broker that goes away is waited for.
        """
        start = {} if start is None else start
        places = [
            TopicPartition(topic, number, start.get(topic, {}).get(number, span.end))
            for topic in topics
            for number, span in self.spans(topic).items()
        ]
        client = self._new_client(_LIVE_MS)
        try:
            client.assign(places)
            while True:
                messages = client.next()
                if not messages:
                    yield None
                for message in messages:
                    if not client.is_end(message):
                        yield record_of(message)
        finally:
            client.close()


def _runs(offsets: Sequence[int]) -> Iterator[list[int]]:
    """Split where two neighbours lie far apart."""
    run: list[int] = []
    for offset in offsets:
        if run and offset - run[-1] > _NEAR:
            yield run
            run = []
        run.append(offset)
    if run:
        yield run
