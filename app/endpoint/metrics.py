"""What the endpoint counts. Labels are names of sources and our own words, never what was sent."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

_ACK_BUCKETS = (0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 5)


class Metrics:
    """One registry for each endpoint, so that two in one process (tests) do not mix."""

    content_type = CONTENT_TYPE_LATEST.encode()

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.stored = Counter(
            "hookline_endpoint_stored",
            "Webhooks on the raw log, acknowledged, answered 200.",
            ("source",),
            registry=self.registry,
        )
        self.unidentified = Counter(
            "hookline_endpoint_unidentified",
            "Of those stored, the ones without an identity: dead letters to be, by reason.",
            ("source", "reason"),
            registry=self.registry,
        )
        self.refused = Counter(
            "hookline_endpoint_refused",
            "Requests that were not stored, by reason; the source is empty where there is none.",
            ("source", "reason"),
            registry=self.registry,
        )
        self.ack_seconds = Histogram(
            "hookline_endpoint_ack_seconds",
            "From handing a webhook to Kafka until its acknowledgement.",
            buckets=_ACK_BUCKETS,
            registry=self.registry,
        )
        self._waiting = Gauge(
            "hookline_endpoint_waiting",
            "Webhooks handed to Kafka and not acknowledged yet.",
            registry=self.registry,
        )

    def watch_waiting(self, count: Callable[[], int]) -> None:
        self._waiting.set_function(count)

    def page(self) -> bytes:
        return generate_latest(self.registry)
