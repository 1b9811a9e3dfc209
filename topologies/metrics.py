"""What the worker counts and says. Labels are words of ours and names of topics and events, never
what was sent.
"""

from __future__ import annotations

import time
from collections import Counter as Count
from collections.abc import Iterable

from faust.types.tuples import TP
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

from app.faust_batch.batch import Batch
from app.faust_batch.observer import Observer
from app.log import logger
from topologies.ownership import Ownership
from topologies.report import Pair, Report

SAY_EVERY_S = 5.0
ACK_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60)


class WorkerMetrics(Observer):
    """One registry a worker, so that two in one process (tests) do not mix."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._log = logger("worker")
        self._ownership = Ownership()
        self._unsaid: Count[Pair] = Count()
        self._said_at = float("-inf")
        self._records = self._counter(
            "records",
            "Raw records by what they did to rows: applied, duplicate, reread, event_only.",
            ("vendor", "effect"),
        )
        self._events = self._counter("events", "Events by type.", ("vendor", "event"))
        self._late = self._counter(
            "late", "Records applied after one of a later event time.", ("vendor",)
        )
        self._dead = self._counter("dead_letters", "Dead letters by reason.", ("vendor", "reason"))
        self._redriven = self._counter(
            "redriven", "Raw records that stand in for dead letters.", ("vendor",)
        )
        self._drift = self._counter(
            "drift", "Events with fields that no schema knows.", ("vendor", "event")
        )
        self._clocks = self._counter(
            "broken_clocks", "Events dated over 24 h after their receipt.", ("vendor",)
        )
        self._processed = self._counter("processed", "Records processed.", ("partition",))
        self._batches = self._counter("batches", "Batches processed.", ("partition",))
        self._folding = self._counter(
            "fold_seconds", "Time that batches were folded.", ("partition",)
        )
        self._writing = self._counter(
            "write_seconds", "Time that outputs of batches were handed over.", ("partition",)
        )
        self._written = self._counter("rows_written", "Rows written.", ("table", "partition"))
        self._sent = self._counter("sent", "Records produced.", ("topic",))
        self._acknowledged = Histogram(
            "hookline_worker_ack_seconds",
            "Time from handing a record batch to the producer until its acknowledgement.",
            buckets=ACK_BUCKETS_S,
            registry=self.registry,
        )
        self._transactions = Histogram(
            "hookline_worker_transaction_seconds",
            "Time from a transaction's first request until it is committed.",
            buckets=ACK_BUCKETS_S,
            registry=self.registry,
        )
        self._aborted = self._counter(
            "transactions_aborted", "Transactions that came to nothing.", ("partition",)
        )
        self._lag = self._gauge("lag", "Raw records not processed yet.", ("partition",))
        self._committed = self._gauge("committed_offset", "Committed so far.", ("partition",))
        self._rows = self._gauge("rows", "Rows when a table was last recovered.", ("table",))
        self._ready = self._gauge("ready", "1 when recovered and processing.", ())
        self._owned = self._gauge(
            "owned", "1 for each partition that is processed.", ("partition",)
        )
        self._left = self._gauge(
            "recovery_left", "Records of a changelog still to read.", ("table", "partition")
        )
        self._standby_left = self._gauge(
            "standby_left", "The same of partitions to stand by for.", ("table", "partition")
        )
        self._restored = self._counter("restored", "Changelog records read.", ("table",))
        self._rebalances = self._counter("rebalances", "Assignments of partitions.", ())
        self._recovery = self._gauge(
            "rebalance_seconds", "How long the last rebalance took, with its recovery.", ()
        )

    def _counter(self, name: str, words: str, labels: Iterable[str]) -> Counter:
        return Counter(f"hookline_worker_{name}", words, tuple(labels), registry=self.registry)

    def _gauge(self, name: str, words: str, labels: Iterable[str]) -> Gauge:
        return Gauge(f"hookline_worker_{name}", words, tuple(labels), registry=self.registry)

    def tell(self, report: Report) -> None:
        """Count what became of a batch."""
        for (vendor, event, effect, late, drifted, broken_clock), count in report.alike.items():
            self._records.labels(vendor, effect).inc(count)
            self._events.labels(vendor, event).inc(count)
            if late:
                self._late.labels(vendor).inc(count)
            if drifted:
                self._drift.labels(vendor, event).inc(count)
            if broken_clock:
                self._clocks.labels(vendor).inc(count)
        for vendor, count in report.redriven.items():
            self._redriven.labels(vendor).inc(count)
        for (vendor, reason), count in report.dead.items():
            self._dead.labels(vendor, reason).inc(count)
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
        self._ownership.revoked()
        self._ready.set(0)
        for gauge in (self._lag, self._committed, self._owned, self._left, self._standby_left):
            gauge.clear()

    def restored(self, table: str, run: Batch, standby: bool) -> None:
        self._restored.labels(table).inc(len(run.records))
        if not standby:
            self._ownership.restored(len(run.records))
        if run.lag is not None:
            left = self._standby_left if standby else self._left
            left.labels(table, str(run.partition)).set(run.lag)

    def recovered(self, table: str, partitions: Iterable[int], rows: int) -> None:
        self._ownership.recovered(table, rows)
        self._rows.labels(table).set(rows)
        for partition in partitions:
            self._left.labels(table, str(partition)).set(0)

    def ready(self, sources: Iterable[TP], seconds: float) -> None:
        assignment = self._ownership.assigned(sources, seconds)
        for partition in assignment.partitions:
            self._owned.labels(str(partition)).set(1)
        self._rebalances.inc()
        self._recovery.set(seconds)
        self._ready.set(1)
        self._log.info("ready", **assignment._asdict())

    def fetched(self, batch: Batch) -> None:
        self._ownership.fetched(batch)
        self._show_lag(batch.partition)

    def processed(self, batch: Batch, records: int, folding: float, writing: float) -> None:
        partition = str(batch.partition)
        self._processed.labels(partition).inc(records)
        self._batches.labels(partition).inc()
        self._folding.labels(partition).inc(folding)
        self._writing.labels(partition).inc(writing)
        self._ownership.processed(batch)
        self._show_lag(batch.partition)

    def _show_lag(self, partition: int) -> None:
        lag = self._ownership.lag(partition)
        if lag is not None:
            self._lag.labels(str(partition)).set(lag)

    def acknowledged(self, topic: str, records: int, seconds: float) -> None:
        self._acknowledged.observe(seconds)

    def sent(self, topic: str, records: int) -> None:
        self._sent.labels(topic).inc(records)

    def transacted(self, tp: TP, batches: int, seconds: float) -> None:
        self._transactions.observe(seconds)

    def aborted(self, tp: TP) -> None:
        self._aborted.labels(str(tp.partition)).inc()

    def written(self, table: str, tp: TP, rows: int) -> None:
        self._written.labels(table, str(tp.partition)).inc(rows)

    def committed(self, tp: TP, offset: int) -> None:
        self._committed.labels(str(tp.partition)).set(offset)
