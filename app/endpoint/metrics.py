"""What the endpoint counts. Labels are names of sources and our own words, never what was sent."""

from __future__ import annotations

import time
from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from app.endpoint.breaker import Breaker
from app.endpoint.spool.bounds import Bounds
from app.endpoint.spool.port import Spool

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
        self.spooled = Counter(
            "hookline_endpoint_spooled",
            "Webhooks in the spool, on disk, answered 202.",
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
        self.reloads = Counter(
            "hookline_endpoint_reloads",
            "How often the sources were read anew: done, or refused, and the old ones kept.",
            ("outcome",),
            registry=self.registry,
        )
        self.ack_seconds = Histogram(
            "hookline_endpoint_ack_seconds",
            "From handing a webhook to Kafka until its acknowledgement.",
            buckets=_ACK_BUCKETS,
            registry=self.registry,
        )
        self.ready = Gauge(
            "hookline_endpoint_ready",
            "1 while webhooks are taken, by Kafka or by the spool: /readyz answers 200.",
            registry=self.registry,
        )
        self._waiting = Gauge(
            "hookline_endpoint_waiting",
            "Webhooks handed to Kafka and not acknowledged yet.",
            registry=self.registry,
        )
        self._kafka_away = Gauge(
            "hookline_endpoint_kafka_away",
            "1 while Kafka is known to be away: webhooks go straight to the spool.",
            registry=self.registry,
        )
        self._spool_entries = Gauge(
            "hookline_endpoint_spool_entries",
            "Webhooks in this process's spool files that are not known to be on the log.",
            registry=self.registry,
        )
        self._spool_bytes = Gauge(
            "hookline_endpoint_spool_bytes",
            "Bytes in the spool's folder, other processes' files too.",
            registry=self.registry,
        )
        self._spool_oldest = Gauge(
            "hookline_endpoint_spool_oldest_seconds",
            "How long ago the oldest of them was received; 0 where there is none.",
            registry=self.registry,
        )
        self._spool_ready = Gauge(
            "hookline_endpoint_spool_ready",
            "1 while the spool takes webhooks; 0 while it is full, or cannot be written.",
            registry=self.registry,
        )
        self._spool_limit_bytes = Gauge(
            "hookline_endpoint_spool_limit_bytes",
            "With so many bytes in its folder the spool is full.",
            registry=self.registry,
        )
        self._spool_limit_seconds = Gauge(
            "hookline_endpoint_spool_limit_seconds",
            "The spool is full when its oldest webhook waits for longer than this.",
            registry=self.registry,
        )
        self.spool_drained = Counter(
            "hookline_endpoint_spool_drained",
            "Webhooks sent from the spool to the raw log, acknowledged.",
            registry=self.registry,
        )
        self.spool_broken = Counter(
            "hookline_endpoint_spool_broken",
            "Spool files set aside: damaged, or holding what Kafka refuses.",
            registry=self.registry,
        )

    def watch_waiting(self, count: Callable[[], int]) -> None:
        self._waiting.set_function(count)

    def watch_spool(self, spool: Spool, bounds: Bounds, breaker: Breaker) -> None:
        def oldest_s() -> float:
            at = spool.contents().oldest_at
            return 0 if at is None else max(0, time.time() - at / 1_000_000)

        self._spool_entries.set_function(lambda: spool.contents().entries)
        self._spool_bytes.set_function(lambda: spool.contents().bytes)
        self._spool_oldest.set_function(oldest_s)
        self._spool_ready.set_function(lambda: spool.trouble() is None)
        self._spool_limit_bytes.set(bounds.max_bytes)
        self._spool_limit_seconds.set(bounds.max_age_s)
        self._kafka_away.set_function(lambda: breaker.is_open)

    def page(self) -> bytes:
        return generate_latest(self.registry)
