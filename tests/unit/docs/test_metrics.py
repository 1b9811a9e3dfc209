"""docs/metrics.md lists what the processes expose."""

from __future__ import annotations

import re

from app.endpoint.metrics import Metrics as EndpointMetrics
from app.inspector.metrics import Metrics as InspectorMetrics
from tests.unit.docs.metrics import metrics_of
from tests.unit.docs.pages import page, tables
from topologies.metrics import WorkerMetrics

REGISTRIES = [kind().registry for kind in (EndpointMetrics, WorkerMetrics, InspectorMetrics)]
EXPOSED = {name: labels for one in REGISTRIES for name, labels in metrics_of(one).items()}


def test_every_metric_is_listed_with_its_labels() -> None:
    assert {row[0].strip("`"): row[1] for row in tables("metrics.md")} == EXPOSED


def test_what_to_make_of_them_speaks_of_metrics_that_are_there() -> None:
    short = {re.sub("^hookline_[a-z]+_|_total$", "", name) for name in EXPOSED}
    named = re.findall(r"(?:rate|sum)\((\w+)\)", page("metrics.md"))
    assert named
    assert set(named) <= short
