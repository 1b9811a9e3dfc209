"""The Kafka of the tests, killed and paused, and an endpoint on it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.kafka.broker import Broker
from app.kafka.log import Log
from app.kafka.topics import Topics
from tests.integration import local_http
from tests.integration.endpoint_process import EndpointProcess, call_ended, signed
from tests.one_kafka import PARTITIONS, provided_topics


class Mortal:
    """`folder` is the endpoint's data folder."""

    def __init__(self, broker: Broker, topics: Topics, folder: Path) -> None:
        self.broker = broker
        self.topics = topics
        self.folder = folder
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
        return local_http.post(f"{url}/webhooks/shop", content=body, headers=signed(body))

    def on_the_log(self) -> list[bytes]:
        """The bodies of the raw topic."""
        with Log(self.broker.connection) as log:
            return [record.value for record in log.read(self.topics.raw) if record.value]

    def spool_files(self) -> list[Path]:
        folder = self.folder / "spool" / self.topics.raw
        return sorted(folder.iterdir()) if folder.exists() else []


@pytest.fixture
def mortal(broker: Broker, prefix: str, tmp_path: Path) -> Iterator[Mortal]:
    with provided_topics(broker.bootstrap, prefix) as topics:
        own = Mortal(broker, topics, tmp_path)
        try:
            own.endpoint.wait_until_ready()
            yield own
        finally:
            own.endpoint.child.stop(8)
            if own.broker.child.exit_code() is None:
                own.resume()
            else:
                own.start()
