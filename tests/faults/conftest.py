from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.kafka.broker import Broker
from tests.faults.trial import Trial
from tests.faults.trial import trial as one_trial


def pytest_itemcollected(item: pytest.Item) -> None:
    item.add_marker(
        pytest.mark.timeout(600)
    )  # many processes start and end: slow machines are slow


@pytest.fixture
def trial(broker: Broker, prefix: str, tmp_path: Path) -> Iterator[Trial]:
    with one_trial(broker, prefix, tmp_path, seed=1) as trial:
        yield trial


@pytest.fixture
def plain_trial(broker: Broker, prefix: str, tmp_path: Path) -> Iterator[Trial]:
    """Without transactions: everything is there at least once."""
    with one_trial(broker, prefix, tmp_path, seed=1, exactly_once=False) as trial:
        yield trial
