"""Where in the new raw log the copies of old records lie."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping

from app.core.webhook import Place
from app.kafka.record import Record, Span
from app.read.reader import Reader
from app.replay.copying.place import new_partition, new_timestamp, standing_in_for

_NEAR_MS = 600_000  # apart: reading on is cheaper than to ask for an offset by time

Content = tuple[bytes | None, bytes | None, int, tuple[tuple[str, bytes], ...]]
"""What a copy has of its original: key, value, timestamp, and the headers but for one."""
Numbered = tuple[Content, int]
"""A spooled webhook may lie on the log twice, the same in all that it says: of those alike, the
how manieth. They have one key, so their copies lie in the same order."""


class Counterparts:
    """Kafka has an index by time: what is copied keeps its timestamp, and is looked for from there.
    `reader` reads nothing else meanwhile.

    What is not there is looked for to the end of a partition. No timestamp bounds that: an old
    partition may be read to its end before another is begun, so that in the new one a copy may lie
    behind those of years later.
    """

    def __init__(self, reader: Reader, old: str, new: str) -> None:
        self._reader = reader
        self._old = old
        self._new = new
        self._old_partitions = reader.partitions(old)
        self._partitions = reader.partitions(new)

    def find(self, places: Collection[Place]) -> dict[Place, Record]:
        """The copies that were committed, by the place of the original; there is none of what is
        no longer kept.
        """
        found: dict[Place, Record] = {}
        by_partition = defaultdict[int, set[int]](set)
        for partition, offset in places:
            by_partition[partition].add(offset)
        for number in sorted(number for number in by_partition if number < self._old_partitions):
            originals = self._reader.fetch(self._old, number, by_partition[number])
            for some in _near(originals):
                found |= self._copies(number, some)
        return found

    def _copies(self, number: int, originals: list[Record]) -> dict[Place, Record]:
        """Of some that lie in the same old partition, of about the same time."""
        since = max(0, min(one.timestamp_ms for one in originals)) * 1_000
        offsets = {one.offset for one in originals}
        first = self._reader.span_since(self._old, number, since).first
        old = {number: Span(first, max(offsets) + 1)}
        wanted = {
            numbered: (number, record.offset)
            for record, numbered in self._numbered(self._old, old, originals)
            if record.offset in offsets
        }
        numbers = {new_partition(one, self._partitions) for one in originals}
        new = {n: self._reader.span_since(self._new, n, since) for n in numbers}
        found: dict[Place, Record] = {}
        for record, numbered in self._numbered(self._new, new, originals):
            if (place := wanted.get(numbered)) is not None:
                found[place] = record
                if len(found) == len(wanted):
                    break
        return found

    def _numbered(
        self, topic: str, spans: Mapping[int, Span], like: list[Record]
    ) -> Iterator[tuple[Record, Numbered]]:
        """What looks like one of those."""
        times = Counter[Content]()
        known = {(one.key, new_timestamp(one)) for one in like}
        for record in self._reader.read(topic, spans):
            if (record.key, new_timestamp(record)) in known:
                content = _content(record)
                times[content] += 1
                yield record, (content, times[content])


def _content(record: Record) -> Content:
    headers = standing_in_for(record.headers, None)
    return record.key, record.value, new_timestamp(record), tuple(headers)


def _near(records: list[Record]) -> Iterator[list[Record]]:
    """Split where two neighbours in time lie far apart."""
    some: list[Record] = []
    for record in sorted(records, key=lambda one: one.timestamp_ms):
        if some and record.timestamp_ms - some[-1].timestamp_ms > _NEAR_MS:
            yield some
            some = []
        some.append(record)
    if some:
        yield some
