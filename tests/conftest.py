"""The tiers of the tests, by folder; how hard hypothesis thinks; the Kafka that tiers share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.one_kafka import broker, kafka, prefix, topics

__all__ = ["broker", "kafka", "prefix", "topics"]  # fixtures of the tiers that need them

TIERS = ("unit", "golden", "property", "topology", "integration", "browser", "faults", "e2e")
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
    """Mark each test with the folder it lies in, and run the tiers in their order."""
    for item in items:
        item.add_marker(tier(item))
    items.sort(key=lambda item: TIERS.index(tier(item)))


def tier(item: pytest.Item) -> str:
    return item.path.relative_to(_TESTS).parts[0]
