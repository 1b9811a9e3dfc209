"""A real Kafka of one node for one benchmark, in a folder that is gone afterwards.

Its JVM is as Kafka's own start script has it, with the optimising compiler: the one of `dev` and of
the tests is made to start quickly, and costs twice as much once it runs.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from app.kafka.admin import administration
from app.kafka.broker import Broker, install
from app.kafka.provision import apply
from app.kafka.topics import Topic, Topics, declare
from tests.one_kafka import running_kafka

PARTITIONS = 8

_LASTING_JVM = (
    "-XX:TieredStopAtLevel=4",
    "-XX:-UseSerialGC",
    "-XX:+UseG1GC",
    "-XX:MaxGCPauseMillis=20",
    "-XX:InitiatingHeapOccupancyPercent=35",
    "-XX:+ExplicitGCInvokesConcurrent",
    "-Xms1g",
    "-Xmx1g",
)


def log_bytes(folder: Path, topic: str) -> int:
    """What the records of a topic take on the disk of the broker in that folder."""
    parts = (folder / "data" / "log").glob(f"{topic}-[0-9]*/*.log")
    return sum(file.stat().st_size for file in parts)


@contextmanager
def one_broker() -> Iterator[tuple[Broker, Path]]:
    """The broker, ready, and a folder for logs and state."""
    with tempfile.TemporaryDirectory(prefix="hookline-bench-") as name:
        folder = Path(name)
        installation = replace(install(), learnt=None, jvm_options=_LASTING_JVM)
        with running_kafka(folder, installation=installation) as broker:
            yield broker, folder


def create(broker: Broker, topics: Topics, partitions: int = PARTITIONS) -> None:
    """All topics of Hookline under a prefix."""
    with administration(broker.connection) as admin:
        apply(admin, declare(topics, partitions=partitions, replication=1))


def create_plain(broker: Broker, names: list[str], partitions: int = PARTITIONS) -> None:
    with administration(broker.connection) as admin:
        apply(admin, [Topic(name, partitions, 1, {}) for name in names])
