"""The inspector's own metrics."""

from __future__ import annotations

import time
from collections import Counter as Count

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    ProcessCollector,
    generate_latest,
)

from app.core.projection import TABLES
from app.inspector.inspection import Inspection
from app.inspector.view.file import NoView


class Metrics:
    """Counted by route, not by path: paths are anything that anybody asks for. What there is to
    say of an inspection is looked at when it is asked for.
    """

    content_type = CONTENT_TYPE_LATEST

    def __init__(self, inspection: Inspection | None = None) -> None:
        self._inspection = inspection
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.requests = Counter(
            "hookline_inspector_requests",
            "Requests answered",
            ("route", "status"),
            registry=self.registry,
        )
        self._live = self._gauge("live", "1 while the view is whole and follows its topics.")
        self._left = self._gauge("left", "Records that it has not read yet.")
        self._progress = self._gauge("progress", "How much of them it has read: 0 to 1.")
        self._age = self._gauge(
            "age_seconds", "How long ago the last moment is of which it holds everything."
        )
        self._rows = self._gauge("rows", "Rows in it.", "table")
        self._letters = self._gauge("dead_letters", "Open dead letters in it, by reason.", "reason")
        self._generation = self._gauge("generation", "How often it was made anew since the start.")
        self._unreadable = self._gauge("unreadable", "Values of state topics that were no rows.")
        self._lag = Gauge(
            "hookline_inspector_worker_lag",
            "Raw records past what the workers committed.",
            ("partition",),
            registry=self.registry,
        )

    def _gauge(self, name: str, words: str, *labels: str) -> Gauge:
        return Gauge(f"hookline_inspector_view_{name}", words, labels, registry=self.registry)

    def page(self) -> bytes:
        if self._inspection is not None:
            self._look(self._inspection)
        return generate_latest(self.registry)

    def _look(self, inspection: Inspection) -> None:
        found = inspection.condition
        self._live.set(found.doing == "live")
        self._left.set(found.left)
        self._progress.set(found.progress)
        age = float("inf") if found.fresh_as_of is None else time.time() - found.fresh_as_of
        self._age.set(max(0.0, age))
        self._unreadable.set(found.unreadable)
        self._generation.set(found.generation)
        for one in inspection.partitions():
            if one.waiting is not None:
                self._lag.labels(str(one.number)).set(one.waiting)
        try:
            self._count(inspection)
        except NoView:
            return

    def _count(self, inspection: Inspection) -> None:
        rows = Count[str]()
        for tallied in inspection.view.tallies():
            rows[tallied.kind] += tallied.rows
        for table in TABLES:
            self._rows.labels(f"{table}s").set(rows[table])
        self._letters.clear()
        for reason, count in inspection.view.open_letters().items():
            self._letters.labels(reason).set(count)
