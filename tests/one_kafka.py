"""One real Kafka for the whole session, started when the first test asks for it; each test has
topics of its own by their prefix. Of pytest-xdist's workers, each has its Kafka.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from app.kafka.admin import administration
from app.kafka.broker import Broker, Installation, install
from app.kafka.connection import Connection
from app.kafka.provision import apply, delete
from app.kafka.topics import Topics, declare

PARTITIONS = 4


@contextmanager
def running_kafka(
    folder: Path,
    properties: str = "",
    port: int = 0,
    controller_port: int = 0,
    installation: Installation | None = None,
) -> Iterator[Broker]:
    """A Kafka that was started empty, in about two seconds; `folder` has its data and its log,
    all else is as Broker has it.
    """
    data, log = folder / "data", folder / "kafka.log"
    broker = Broker(installation or install(), data, log, port, controller_port, properties)
    broker.start()
    try:
        broker.wait_until_ready()
        yield broker
    finally:
        broker.stop()


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A test that stops it starts it again: what is there outlives that."""
    with running_kafka(tmp_path_factory.mktemp("kafka")) as broker:
        yield broker


@pytest.fixture(scope="session")
def kafka(broker: Broker) -> str:
    """Its `host:port`."""
    return broker.bootstrap


def new_prefix() -> str:
    return f"t{uuid4().hex[:8]}."


@contextmanager
def provided_topics(kafka: str, prefix: str, partitions: int = PARTITIONS) -> Iterator[Topics]:
    """All of Hookline's topics under a prefix, four partitions each, until they are left."""
    names = Topics(prefix)
    with administration(Connection(kafka)) as admin:
        apply(admin, declare(names, partitions=partitions, replication=1))
    yield names
    with administration(Connection(kafka)) as admin:
        delete(admin, list(names))


@pytest.fixture
def prefix() -> str:
    """What the names of this test's topics and groups begin with."""
    return new_prefix()


@pytest.fixture
def topics(kafka: str, prefix: str) -> Iterator[Topics]:
    """This test's own."""
    with provided_topics(kafka, prefix) as topics:
        yield topics
