"""What the worker counts. Labels are names of ours and of topics, never what was sent."""

from __future__ import annotations

from collections.abc import Iterable

from faust.types.tuples import TP
from prometheus_client import CollectorRegistry, Counter, Gauge, ProcessCollector

from app.core.projection import Projected
from app.faust_batch.observer import Observer


class WorkerMetrics(Observer):
    """One registry a worker, so that two in one process (tests) do not mix."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._records = self._counter(
            "records", "Raw records by what became of them.", ("vendor", "effect")
        )
        self._dead = self._counter("dead_letters", "Dead letters by reason.", ("vendor", "reason"))
        self._drift = self._counter(
            "drift", "Events with fields that no schema knows.", ("vendor", "event")
        )
        self._clocks = self._counter(
            "broken_clocks", "Events dated over 24 h after their receipt.", ("vendor",)
        )
        self._given_up = self._counter(
            "vendor_gave_up", "Deliveries that the vendor says it gave up on.", ("vendor",)
        )
        self._processed = self._counter("processed", "Records processed.", ("partition",))
        self._seconds = self._counter(
            "processing_seconds", "Time spent processing batches.", ("partition",)
        )
        self._batches = self._counter("batches", "Batches processed.", ("partition",))
        self._written = self._counter("rows_written", "Rows written.", ("table", "partition"))
        self._sent = self._counter("sent", "Records produced.", ("topic",))
        self._lag = self._gauge("lag", "Records behind the end of the raw log.", ("partition",))
        self._committed = self._gauge("committed_offset", "Committed so far.", ("partition",))
        self._rows = self._gauge("rows", "Rows when a table was last recovered.", ("table",))
        self._ready = self._gauge("ready", "1 when recovered and processing.", ())
        self._owned: set[str] = set()

    def _counter(self, name: str, words: str, labels: Iterable[str]) -> Counter:
        return Counter(f"hookline_worker_{name}", words, tuple(labels), registry=self.registry)

    def _gauge(self, name: str, words: str, labels: Iterable[str]) -> Gauge:
        return Gauge(f"hookline_worker_{name}", words, tuple(labels), registry=self.registry)

    def projected(self, one: Projected) -> None:
        """Count what became of one record."""
        vendor = one.record.type.partition(".")[0]
        self._records.labels(vendor, one.effect).inc()
        if one.error is not None:
            self._dead.labels(vendor, one.error.reason).inc()
        if one.broken_clock:
            self._clocks.labels(vendor).inc()
        if one.decoded is not None and one.decoded.event.extra:
            self._drift.labels(vendor, one.decoded.type.name).inc()
        if one.record.type == "voiso.webhook_failure":
            self._given_up.labels(vendor).inc()

    def revoked(self, tps: Iterable[TP]) -> None:
        self._ready.set(0)
        for partition in {str(tp.partition) for tp in tps} & self._owned:
            self._owned.discard(partition)
            for gauge in (self._lag, self._committed):
                gauge.remove(partition)

    def recovered(self, table: str, partitions: Iterable[int], rows: int) -> None:
        self._rows.labels(table).set(rows)

    def ready(self, sources: Iterable[TP], seconds: float) -> None:
        self._ready.set(1)

    def processed(self, tp: TP, records: int, seconds: float, lag: int | None) -> None:
        partition = str(tp.partition)
        self._owned.add(partition)
        self._processed.labels(partition).inc(records)
        self._seconds.labels(partition).inc(seconds)
        self._batches.labels(partition).inc()
        if lag is not None:
            self._lag.labels(partition).set(lag)

    def sent(self, topic: str, records: int) -> None:
        self._sent.labels(topic).inc(records)

    def written(self, table: str, tp: TP, rows: int, records: int) -> None:
        self._written.labels(table, str(tp.partition)).inc(rows)

    def committed(self, tp: TP, offset: int) -> None:
        self._owned.add(str(tp.partition))
        self._committed.labels(str(tp.partition)).set(offset)
