"""What every trial has: a broker that may fail, topics, workers, and the proof."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from app.errors import UserError
from app.kafka.admin import administration
from app.kafka.broker import Broker
from app.kafka.log import Log
from app.kafka.provision import apply
from app.kafka.topics import Topics, declare
from tests.faults.crew import WAIT_S, Crew
from tests.faults.proof import Proof
from tests.one_kafka import PARTITIONS

SESSION_S = 2.0


class Stage:
    """`exactly_once` where the workers' outputs and offsets are transactions. Workers reach the
    broker at `bootstrap`, if that is another address than its own.
    """

    def __init__(
        self,
        broker: Broker,
        topics: Topics,
        folder: Path,
        seed: int,
        *,
        exactly_once: bool,
        bootstrap: str | None = None,
    ) -> None:
        self.broker, self.topics, self.seed = broker, topics, seed
        self.proof = Proof(broker.bootstrap, topics, PARTITIONS, exactly_once=exactly_once)
        reached_at = bootstrap or broker.bootstrap
        self.crew = Crew(folder, reached_at, topics.prefix, PARTITIONS, SESSION_S)
        self.crew.settings["HOOKLINE_WORKER_TRANSACTIONS"] = str(exactly_once)

    def committed(self) -> int:
        return sum(self.proof.committed().values())

    def until_committed(self, more: int, seconds: float = WAIT_S) -> None:
        """Until workers have committed so many more records than now."""
        wanted = self.committed() + more
        self.crew.until(lambda: self.committed() >= wanted, seconds)

    def stop_workers(self) -> None:
        """In order: each must end well, once it has come up."""
        self.crew.until(lambda: all(each.status("/readyz") == 200 for each in self.crew.workers))
        self.crew.stop_all()

    def kill_broker(self) -> None:
        self.broker.child.kill()
        assert self.broker.child.wait(10)

    def start_broker(self) -> None:
        self.broker.start()
        self.broker.wait_until_ready(WAIT_S)
        self._until_it_leads()

    def freeze_broker(self, seconds: float) -> None:
        self.pause_broker()
        try:
            time.sleep(seconds)
        finally:
            self.resume_broker()

    def pause_broker(self) -> None:
        os.killpg(self.broker.child.pid, signal.SIGSTOP)

    def resume_broker(self) -> None:
        os.killpg(self.broker.child.pid, signal.SIGCONT)
        self._until_it_leads()

    def _until_it_leads(self) -> None:
        """Its controller, which slept as well, gives it its partitions back after some seconds."""
        self.crew.until(lambda: len(self.raw_ends()) == PARTITIONS)

    def raw_ends(self) -> dict[int, int]:
        """Where each partition of the raw log ends; nothing while the broker does not say."""
        try:
            with Log(self.broker.connection) as log:
                return {number: span.end for number, span in log.spans(self.topics.raw).items()}
        except UserError:
            return {}

    def limit(self, topic: str, **limits: int) -> None:
        """Settings of a topic (dots are underscores) that let the broker refuse what is sent to
        it; none is as declared.
        """
        all_topics = declare(self.topics, partitions=PARTITIONS, replication=1)
        (declared,) = (each for each in all_topics if each.name == topic)
        given = {name.replace("_", "."): str(limit) for name, limit in limits.items()}
        limited = type(declared)(topic, PARTITIONS, 1, {**declared.config, **given})
        with administration(self.broker.connection) as admin:
            apply(admin, [limited])
