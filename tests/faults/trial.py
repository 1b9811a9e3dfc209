"""One installation under trial: a feed that flows, workers that come and go, and the proof."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.errors import UserError
from app.kafka.admin import administration
from app.kafka.broker import Broker
from app.kafka.log import Log
from app.kafka.provision import apply, delete
from app.kafka.topics import Topics, declare
from tests.faults.crew import WAIT_S, Crew
from tests.faults.feed import feed
from tests.faults.proof import Proof
from tests.faults.pump import Pump

PARTITIONS = 4
SESSION_S = 2.0
RATE = 400.0  # records a second


class Trial:
    """`exactly_once` where the workers' outputs and offsets are transactions."""

    def __init__(
        self, broker: Broker, topics: Topics, folder: Path, seed: int, *, exactly_once: bool
    ) -> None:
        self.broker, self.topics, self.seed = broker, topics, seed
        bootstrap = broker.bootstrap
        self.proof = Proof(bootstrap, topics, PARTITIONS, exactly_once=exactly_once)
        self.pump = Pump(bootstrap, topics.raw, PARTITIONS, feed(seed), RATE)
        self.crew = Crew(folder, bootstrap, topics.prefix, PARTITIONS, SESSION_S)
        self.crew.settings["HOOKLINE_WORKER_TRANSACTIONS"] = str(exactly_once)

    def committed(self) -> int:
        return sum(self.proof.committed().values())

    def until_committed(self, more: int, seconds: float = WAIT_S) -> None:
        """Until workers have committed so many more records than now."""
        wanted = self.committed() + more
        self.crew.until(lambda: self.committed() >= wanted, seconds)

    def conclude(self) -> None:
        """The feed ends; when all of it is processed, everything must be right."""
        self.pump.stop()
        produced = len(self.pump.foretold)
        self.crew.until(lambda: self.committed() == produced)
        self.proof.nothing_is_committed_ahead()
        for worker in list(self.crew.workers):
            assert self.crew.stop(worker) == 0, worker.said()
        self.proof.everything_is_right(self.pump.foretold)

    def kill_broker(self) -> None:
        self.broker.child.kill()
        assert self.broker.child.wait(10)

    def start_broker(self) -> None:
        self.broker.start()
        self.broker.wait_until_ready()
        self._until_it_leads()

    def freeze_broker(self, seconds: float) -> None:
        os.killpg(self.broker.child.pid, signal.SIGSTOP)
        try:
            time.sleep(seconds)
        finally:
            os.killpg(self.broker.child.pid, signal.SIGCONT)
        self._until_it_leads()

    def _until_it_leads(self) -> None:
        """Its controller, which slept as well, gives it its partitions back after some seconds."""
        self.crew.until(self._answers)

    def _answers(self) -> bool:
        try:
            with Log(self.broker.bootstrap) as log:
                return len(log.spans(self.topics.raw)) == PARTITIONS
        except UserError:
            return False

    def limit(self, topic: str, max_bytes: int | None) -> None:
        """Let the broker refuse record batches of a topic that are larger; None is as declared."""
        all_topics = declare(self.topics, partitions=PARTITIONS, replication=1)
        (declared,) = (each for each in all_topics if each.name == topic)
        if max_bytes is not None:
            config = {**declared.config, "max.message.bytes": str(max_bytes)}
            declared = type(declared)(topic, PARTITIONS, 1, config)
        with administration(self.broker.bootstrap) as admin:
            apply(admin, [declared])


@contextmanager
def trial(
    broker: Broker, prefix: str, folder: Path, seed: int, *, exactly_once: bool = True
) -> Iterator[Trial]:
    """With topics of its own; nothing is left of it."""
    topics = Topics(prefix)
    with administration(broker.bootstrap) as admin:
        apply(admin, declare(topics, partitions=PARTITIONS, replication=1))
    one = Trial(broker, topics, folder, seed, exactly_once=exactly_once)
    try:
        yield one
    finally:
        one.crew.end()
        with administration(broker.bootstrap) as admin:
            delete(admin, list(topics))
