"""What Prometheus may be asked for: every series that the processes expose, with its labels."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from prometheus_client import CollectorRegistry

from app.endpoint.metrics import Metrics as EndpointMetrics
from app.inspector.metrics import Metrics as InspectorMetrics
from topologies.metrics import WorkerMetrics

TARGET = frozenset({"job", "instance"})
"""What Prometheus itself puts on each series."""

ITS_OWN = {
    "up": TARGET,
    "ALERTS": TARGET | {"alertname", "alertstate", "severity"},
}


@cache
def exposed() -> dict[str, frozenset[str]]:
    """The labels of each series, by its name."""
    registries = [kind().registry for kind in (EndpointMetrics, WorkerMetrics, InspectorMetrics)]
    ours = {name: TARGET | labels for one in registries for name, labels in _series(one)}
    return ours | ITS_OWN


def _series(registry: CollectorRegistry) -> Iterator[tuple[str, frozenset[str]]]:
    for collector in list(registry._collector_to_names):  # pyright: ignore
        labels: Any = getattr(collector, "_labelnames", ())
        if labels:
            collector.labels(*labels)  # type: ignore[attr-defined]  # before, it has no series
        for family in collector.collect():
            for sample in family.samples:
                yield sample.name, frozenset(sample.labels)
