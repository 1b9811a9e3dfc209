"""One real Kafka for the whole session, started when the first test asks for it; each test has
topics of its own by their prefix.
"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from app.kafka.admin import administration
from app.kafka.broker import Broker, install
from app.kafka.provision import apply, delete
from app.kafka.topics import Topics, declare

PARTITIONS = 4


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A Kafka that was started empty, in about two seconds."""
    folder = tmp_path_factory.mktemp("kafka")
    broker = Broker(install(), folder / "data", folder / "kafka.log")
    broker.start()
    try:
        broker.wait_until_ready()
        yield broker
    finally:
        broker.stop()


@pytest.fixture(scope="session")
def kafka(broker: Broker) -> str:
    """Its `host:port`."""
    return broker.bootstrap


@pytest.fixture
def prefix() -> str:
    """What the names of this test's topics and groups begin with."""
    return f"t{uuid4().hex[:8]}."


@pytest.fixture
def topics(kafka: str, prefix: str) -> Iterator[Topics]:
    """All of Hookline's topics under this test's prefix, four partitions each."""
    names = Topics(prefix)
    with administration(kafka) as admin:
        apply(admin, declare(names, partitions=PARTITIONS, replication=1))
        yield names
        delete(admin, list(names))
