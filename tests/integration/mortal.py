"""A Kafka of a test's own, which may be killed and paused, and an endpoint on it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.kafka.admin import administration
from app.kafka.broker import Broker, install
from app.kafka.log import Log
from app.kafka.provision import apply
from app.kafka.topics import Topics, declare
from tests.integration.endpoint_process import EndpointProcess, call_ended, signed
from tests.one_kafka import PARTITIONS


class Mortal:
    """`folder` is the endpoint's data folder."""

    def __init__(self, broker: Broker, prefix: str, folder: Path) -> None:
        self.broker = broker
        self.folder = folder
        self.topics = Topics(prefix)
        with administration(broker.bootstrap) as admin:
            apply(admin, declare(self.topics, partitions=PARTITIONS, replication=1))
        self.endpoint = self.another("first")

    def another(self, name: str, partitions: int = PARTITIONS, **settings: int) -> EndpointProcess:
        """An endpoint with the same spool."""
        own = self.folder / name
        own.mkdir(exist_ok=True)
        return EndpointProcess(
            own,
            self.broker.bootstrap,
            self.topics.prefix,
            partitions,
            inside=(),
            data_dir=self.folder,
            **settings,
        )

    def start(self) -> None:
        self.broker.start()
        self.broker.wait_until_ready(60)

    def kill(self) -> None:
        self.broker.child.kill()
        assert self.broker.child.wait(5)

    def pause(self) -> None:
        """When this returns, each of its threads stands still."""
        os.kill(self.broker.child.pid, signal.SIGSTOP)
        for thread in Path(f"/proc/{self.broker.child.pid}/task").iterdir():
            while (thread / "stat").read_text().rsplit(")", 1)[1].split()[0] != "T":
                time.sleep(0.005)

    def resume(self) -> None:
        os.kill(self.broker.child.pid, signal.SIGCONT)

    def post(self, call: str, to: EndpointProcess | None = None) -> httpx.Response:
        body = call_ended(call)
        url = (to or self.endpoint).url
        return httpx.post(f"{url}/webhooks/shop", content=body, headers=signed(body), timeout=10)

    def on_the_log(self) -> list[bytes]:
        """The bodies of the raw topic."""
        with Log(self.broker.bootstrap) as log:
            return [record.value for record in log.read(self.topics.raw) if record.value]

    def spool_files(self) -> list[Path]:
        folder = self.folder / "spool" / self.topics.raw
        return sorted(folder.iterdir()) if folder.exists() else []


@pytest.fixture(scope="session")
def mortal_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """Not the one that all tests share: others could not go on without that one."""
    folder = tmp_path_factory.mktemp("mortal")
    broker = Broker(install(), folder / "data", folder / "kafka.log")
    broker.start()
    try:
        broker.wait_until_ready()
        yield broker
    finally:
        broker.stop()


@pytest.fixture
def mortal(mortal_broker: Broker, prefix: str, tmp_path: Path) -> Iterator[Mortal]:
    own = Mortal(mortal_broker, prefix, tmp_path)
    try:
        own.endpoint.wait_until_ready()
        yield own
    finally:
        own.endpoint.child.stop(8)
        if own.broker.child.exit_code() is None:
            own.resume()
        else:
            own.start()
