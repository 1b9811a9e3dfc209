from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.kafka.broker import Broker
from tests.faults.chain import Chain
from tests.faults.chain import chain as one_chain
from tests.faults.means import NotPossible
from tests.faults.site import Site
from tests.faults.site import site as one_site
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


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    try:
        with one_site(tmp_path_factory.mktemp("site")) as site:
            yield site
    except NotPossible as why:
        pytest.skip(str(why))


@pytest.fixture
def chain(site: Site, prefix: str, tmp_path: Path) -> Iterator[Chain]:
    with one_chain(site, prefix, tmp_path, seed=1) as chain:
        yield chain
