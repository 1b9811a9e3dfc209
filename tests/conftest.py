"""The tiers of the tests, by folder; how hard hypothesis thinks; the Kafka that tiers share."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.one_kafka import broker, kafka, prefix, topics
from tests.side_by_side import pytest_xdist_auto_num_workers, pytest_xdist_make_scheduler

__all__ = [
    "broker",  # these four are fixtures of the tiers that need them
    "kafka",
    "prefix",
    "pytest_xdist_auto_num_workers",
    "pytest_xdist_make_scheduler",
    "topics",
]

TIERS = ("unit", "golden", "property", "topology", "faults", "browser", "e2e", "integration")
"""Cheap ones first, so that what is simply wrong is said at once."""

_TESTS = Path(__file__).parent

# A busy machine is slow now and then: that is no fault of an example.
_patient = settings(
    deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.register_profile("here", parent=_patient)
settings.register_profile("ci", parent=_patient, derandomize=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") else "here")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test with the folder it lies in, and run the tiers in their order, the files that
    take longest first: one that came last would be waited for alone. Raises where several have one
    id: pytest-xdist would run one of them, and say nothing of the others.
    """
    repeated = [id for id, times in Counter(item.nodeid for item in items).items() if times > 1]
    if repeated:
        raise pytest.UsageError(f"several tests are called {', '.join(repeated)}")
    for item in items:
        item.add_marker(tier(item))
    items.sort(key=lambda item: (TIERS.index(tier(item)), -_seconds(item)))


def _seconds(item: pytest.Item) -> float:
    """About how long the test's file takes."""
    long = item.get_closest_marker("long")
    return 0 if long is None else long.args[0]


def tier(item: pytest.Item) -> str:
    return item.path.relative_to(_TESTS).parts[0]
