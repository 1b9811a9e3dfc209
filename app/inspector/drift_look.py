"""Which fields vendors send that no schema knows, by the events of the last hours."""

from __future__ import annotations

import time
from collections.abc import Iterator
from threading import Lock

import msgspec

from app.avro.published import Published
from app.core.vendors import VENDORS
from app.inspector.logs import Logs
from app.kafka.record import Record, Span
from app.kafka.topics import Topics
from app.read.drift import Drift, drift

_KEPT_S = 60.0
MOST = 20_000  # offsets of one vendor that are looked at, the newest


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """`records` were looked at, at `at` (microseconds): the newest of each vendor."""

    found: list[Drift]
    records: int
    at: int


class DriftLook:
    """Reads when it is asked, once a minute at most."""

    def __init__(self, logs: Logs, topics: Topics, published: Published) -> None:
        self._logs = logs
        self._topics = topics
        self._published = published
        self._lock = Lock()
        self._looked: Looked | None = None
        self._until = float("-inf")

    def look(self) -> Looked:
        """Raises UserError where no Kafka answers."""
        with self._lock:
            if self._looked is None or time.monotonic() > self._until:
                self._looked = self._look()
                self._until = time.monotonic() + _KEPT_S
            return self._looked

    def _look(self) -> Looked:
        at = time.time_ns() // 1_000
        counted = 0

        def records() -> Iterator[Record]:
            nonlocal counted
            with self._logs.log() as log:
                for vendor in VENDORS:
                    topic = self._topics.events(vendor.name)
                    for record in log.read(topic, _newest(log.spans(topic))):
                        counted += 1
                        yield record

        found = drift(records(), self._published)
        return Looked(found=found, records=counted, at=at)


def _newest(spans: dict[int, Span]) -> dict[int, Span]:
    each = MOST // max(1, len(spans))
    return {n: Span(max(span.first, span.end - each), span.end) for n, span in spans.items()}
