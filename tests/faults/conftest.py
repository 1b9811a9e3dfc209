from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.kafka.broker import Broker
from tests.faults.trial import Trial
from tests.faults.trial import trial as one_trial


@pytest.fixture
def trial(broker: Broker, prefix: str, tmp_path: Path) -> Iterator[Trial]:
    with one_trial(broker, prefix, tmp_path, seed=1) as trial:
        yield trial
