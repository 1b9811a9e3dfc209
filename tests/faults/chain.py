"""The whole chain under trial: vendors, endpoints with their spool, broker, workers; and the proof
that each 2xx was kept.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.kafka.log import Log
from app.kafka.topics import Topics
from tests.faults import wrong_clock
from tests.faults.clock import Clock
from tests.faults.crew import WAIT_S
from tests.faults.endpoints import SOURCES, Endpoints
from tests.faults.settlement import settle
from tests.faults.site import Site
from tests.faults.stage import PARTITIONS, Stage
from tests.faults.stories import none_differs
from tests.faults.vendors import Vendors
from tests.faults.witness import Witness
from tests.one_kafka import provided_topics

ENDPOINTS = 2
RATE = 150.0  # webhooks a second
EXPECTED = {200, 202, 401, 408, 503, None}
"""What a vendor may hear; 408 of an endpoint that was frozen while the request came."""


class Chain(Stage):
    """Endpoints have one clock, workers another."""

    def __init__(self, site: Site, topics: Topics, folder: Path, seed: int) -> None:
        super().__init__(
            site.broker, topics, folder, seed, exactly_once=True, bootstrap=site.bootstrap
        )
        self.wire = site.wire
        self.brokers_disk, self.spools_disk = site.brokers_disk, site.spools_disk
        self.endpoints_clock = Clock(folder / "endpoints.clock")
        self.workers_clock = Clock(folder / "workers.clock")
        self.crew.settings.update(self.workers_clock.env)
        self.crew.module = wrong_clock.__name__
        self.witness = Witness(folder / "obligations.jsonl")
        self.endpoints = Endpoints(
            folder, site.bootstrap, topics, self.spools_disk.folder, self.endpoints_clock.env
        )
        self._vendors: Vendors | None = None

    def start(
        self, endpoints: int = ENDPOINTS, workers: int = 1, rate: float = RATE, haste: float = 4.0
    ) -> None:
        """All of it; webhooks flow when this returns."""
        self.crew.start(workers)
        self.endpoints.start(endpoints)
        urls = self.endpoints.urls
        self._vendors = Vendors(urls, SOURCES, self.witness, self.seed, rate, haste)
        self._vendors.start()

    def tend(self) -> None:
        self.endpoints.tend()
        self.crew.tend()
        self.vendors.check()

    @property
    def vendors(self) -> Vendors:
        assert self._vendors is not None, "the chain was not started"
        return self._vendors

    def until_heard(self, status: int, more: int = 20) -> None:
        """Until so many more answers of that status have come than now."""
        wanted = self.witness.statuses[status] + more
        self.crew.until(lambda: self._heard(status) >= wanted)

    def _heard(self, status: int) -> int:
        self.tend()
        return self.witness.statuses[status]

    def conclude(self) -> None:
        """No fault is left. When all is drained and processed, everything must be right."""
        self.vendors.stop()
        assert not self.vendors.tally.wrong_receipts, self.vendors.tally.wrong_receipts[:5]
        assert set(self.witness.statuses) <= EXPECTED, self.witness.statuses
        self.endpoints.until_drained()
        self.endpoints.stop_all()
        self.crew.until(self._all_is_processed)
        self.proof.nothing_is_committed_ahead()
        self.stop_workers()
        with Log(self.broker.connection) as log:
            foretold = settle(log.read(self.topics.raw), self.witness)
        self.proof.everything_is_right(foretold)
        none_differs(self.vendors, self.proof.held.rows)

    def relieve(self) -> None:
        """End whatever fault a trial that failed has left: others use the site, too."""
        self.wire.mend()
        self.brokers_disk.free()
        self.spools_disk.free()
        if self.broker.child.exit_code() is None:
            os.killpg(self.broker.child.pid, signal.SIGCONT)
        else:
            self.broker.start()
            self.broker.wait_until_ready(WAIT_S)

    def close(self) -> None:
        self.endpoints.end()
        self.crew.end()
        self.witness.close()
        self.endpoints_clock.close()
        self.workers_clock.close()

    def _all_is_processed(self) -> bool:
        ends = self.raw_ends()
        return len(ends) == PARTITIONS and sum(ends.values()) == self.committed()


@contextmanager
def chain(site: Site, prefix: str, folder: Path, seed: int) -> Iterator[Chain]:
    """With topics of its own; nothing is left of it."""
    with provided_topics(site.broker.bootstrap, prefix) as topics:
        one = Chain(site, topics, folder, seed)
        try:
            yield one
        finally:
            one.close()
            one.relieve()
