"""docs/metrics.md lists what a worker exposes."""

from __future__ import annotations

import re

from tests.unit.docs.metrics import metrics_of
from tests.unit.docs.pages import page, tables
from topologies.metrics import WorkerMetrics


def test_every_metric_of_the_worker_is_listed_with_its_labels() -> None:
    listed = {row[0].strip("`"): row[1] for row in tables("metrics.md")}
    assert listed == metrics_of(WorkerMetrics().registry)


def test_what_to_make_of_them_speaks_of_metrics_that_are_there() -> None:
    exposed = metrics_of(WorkerMetrics().registry)
    short = {name.removeprefix("hookline_worker_").removesuffix("_total") for name in exposed}
    named = re.findall(r"(?:rate|sum)\((\w+)\)", page("metrics.md"))
    assert named
    assert set(named) <= short
