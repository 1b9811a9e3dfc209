"""What the worker counts and says. Labels are words of ours and names of topics and events, never
what was sent.
"""

from __future__ import annotations

import time
from collections import Counter as Count
from collections.abc import Iterable

from faust.types.tuples import TP
from prometheus_client import CollectorRegistry, Counter, Gauge, ProcessCollector

from app.faust_batch.observer import Observer
from app.log import logger
from topologies.report import Pair, Report

SAY_EVERY_S = 5.0


class WorkerMetrics(Observer):
    """One registry a worker, so that two in one process (tests) do not mix."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._log = logger("worker")
        self._unsaid: Count[Pair] = Count()
        self._said_at = float("-inf")
        self._records = self._counter(
            "records",
            "Raw records by what they did to rows: applied, duplicate, reread, event_only.",
            ("vendor", "effect"),
        )
        self._events = self._counter("events", "Events by type.", ("vendor", "event"))
        self._dead = self._counter("dead_letters", "Dead letters by reason.", ("vendor", "reason"))
        self._drift = self._counter(
            "drift", "Events with fields that no schema knows.", ("vendor", "event")
        )
        self._clocks = self._counter(
            "broken_clocks", "Events dated over 24 h after their receipt.", ("vendor",)
        )
        self._processed = self._counter("processed", "Records processed.", ("partition",))
        self._seconds = self._counter(
            "processing_seconds", "Time spent processing batches.", ("partition",)
        )
        self._batches = self._counter("batches", "Batches processed.", ("partition",))
        self._written = self._counter("rows_written", "Rows written.", ("table", "partition"))
        self._sent = self._counter("sent", "Records produced.", ("topic",))
        self._lag = self._gauge(
            "lag", "Records beyond the last batch, when it was fetched.", ("partition",)
        )
        self._committed = self._gauge("committed_offset", "Committed so far.", ("partition",))
        self._rows = self._gauge("rows", "Rows when a table was last recovered.", ("table",))
        self._ready = self._gauge("ready", "1 when recovered and processing.", ())

    def _counter(self, name: str, words: str, labels: Iterable[str]) -> Counter:
        return Counter(f"hookline_worker_{name}", words, tuple(labels), registry=self.registry)

    def _gauge(self, name: str, words: str, labels: Iterable[str]) -> Gauge:
        return Gauge(f"hookline_worker_{name}", words, tuple(labels), registry=self.registry)

    def tell(self, report: Report) -> None:
        """Count what became of a batch."""
        _add(self._records, report.effects)
        _add(self._events, report.events)
        _add(self._drift, report.drift)
        _add(self._dead, report.dead)
        for vendor, count in report.broken_clocks.items():
            self._clocks.labels(vendor).inc(count)
        if report.dead:
            self._unsaid += report.dead
            self._say_dead()

    def _say_dead(self) -> None:
        """At once, then every few seconds: a flood of broken webhooks is no flood of lines."""
        now = time.monotonic()
        if now - self._said_at >= SAY_EVERY_S:
            self._said_at = now
            for (vendor, reason), count in self._unsaid.items():
                self._log.warning("dead letters", vendor=vendor, reason=reason, count=count)
            self._unsaid.clear()

    def revoked(self, tps: Iterable[TP]) -> None:
        self._ready.set(0)
        self._lag.clear()
        self._committed.clear()

    def recovered(self, table: str, partitions: Iterable[int], rows: int) -> None:
        self._rows.labels(table).set(rows)
        self._log.info("recovered", table=table, partitions=list(partitions), rows=rows)

    def ready(self, sources: Iterable[TP], seconds: float) -> None:
        self._ready.set(1)
        partitions = sorted(tp.partition for tp in sources)
        self._log.info("ready", partitions=partitions, after_s=round(seconds, 3))

    def processed(self, tp: TP, records: int, seconds: float, lag: int | None) -> None:
        partition = str(tp.partition)
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
        self._committed.labels(str(tp.partition)).set(offset)


def _add(counter: Counter, counted: Count[Pair]) -> None:
    for pair, count in counted.items():
        counter.labels(*pair).inc(count)
