"""The worker under trial: a feed that flows onto the raw log, workers that come and go, and the
proof.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.kafka.broker import Broker
from app.kafka.topics import Topics
from tests.faults.feed import feed
from tests.faults.pump import Pump
from tests.faults.stage import PARTITIONS, SESSION_S, Stage
from tests.one_kafka import provided_topics

__all__ = ["PARTITIONS", "SESSION_S", "Trial", "trial"]

RATE = 200.0  # records a second


class Trial(Stage):
    def __init__(
        self, broker: Broker, topics: Topics, folder: Path, seed: int, *, exactly_once: bool
    ) -> None:
        super().__init__(broker, topics, folder, seed, exactly_once=exactly_once)
        self.pump = Pump(broker.bootstrap, topics.raw, PARTITIONS, feed(seed), RATE)

    def conclude(self) -> None:
        """The feed ends; when all of it is processed, everything must be right."""
        self.pump.stop()
        produced = len(self.pump.foretold)
        self.crew.until(lambda: self.committed() == produced)
        self.proof.nothing_is_committed_ahead()
        self.stop_workers()
        self.proof.everything_is_right(self.pump.foretold)


@contextmanager
def trial(
    broker: Broker, prefix: str, folder: Path, seed: int, *, exactly_once: bool = True
) -> Iterator[Trial]:
    """With topics of its own; nothing is left of it."""
    with provided_topics(broker.bootstrap, prefix) as topics:
        one = Trial(broker, topics, folder, seed, exactly_once=exactly_once)
        try:
            yield one
        finally:
            one.crew.end()
