"""The endpoints of a trial, on ports that stay theirs: killed, frozen, stopped, and started again
as a supervisor does. They share a spool.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import httpx

from app.core.vendors.contract import Source
from app.endpoint.spool.folder import spool_folder
from app.endpoint.spool.status import SpoolStatus, look_into
from app.kafka.topics import Topics
from tests.faults import wrong_clock
from tests.faults.stage import PARTITIONS
from tests.integration.endpoint_process import (
    BOTS_SECRET,
    INBOX_SECRET,
    PHONES_SECRET,
    SECRET,
    EndpointProcess,
)

SOURCES = (
    Source(name="shop", vendor="varda", secrets=(SECRET.encode(),)),
    Source(name="phones", vendor="voiso", secrets=(PHONES_SECRET.encode(),)),
    Source(name="bots", vendor="convocore", secrets=(BOTS_SECRET.encode(),)),
    Source(name="inbox", vendor="voxsig", secrets=(INBOX_SECRET.encode(),), account_id="1"),
)
WAIT_S = 90
STOP_S = 15
POLL_S = 0.05


class Endpoints:
    """`data_dir` is where their spool is. `env` says by what clock they go."""

    def __init__(
        self,
        folder: Path,
        bootstrap: str,
        topics: Topics,
        data_dir: Path,
        env: Mapping[str, str],
    ) -> None:
        self.running: list[EndpointProcess] = []
        self.frozen: set[int] = set()
        self.spool = spool_folder(data_dir, topics.raw)
        self._folder, self._data_dir, self._env = folder, data_dir, dict(env)
        self._bootstrap, self._prefix = bootstrap, topics.prefix

    def start(self, count: int) -> None:
        for _ in range(count):
            self.running.append(self._one(len(self.running)))
        for endpoint in self.running:
            endpoint.wait_until_ready()

    @property
    def urls(self) -> list[str]:
        return [endpoint.url for endpoint in self.running]

    def kill(self, number: int) -> None:
        """And start it again. A frozen one dies as well."""
        endpoint = self.running[number]
        endpoint.child.kill()
        assert endpoint.child.wait(STOP_S)
        self._again(number)

    def stop(self, number: int) -> None:
        """In order, and start it again."""
        self._stop(number)
        self._again(number)

    def freeze(self, number: int) -> None:
        os.killpg(self.running[number].child.pid, signal.SIGSTOP)
        self.frozen.add(number)

    def thaw(self, number: int) -> None:
        if number in self.frozen:  # else it was killed meanwhile, and started again
            os.killpg(self.running[number].child.pid, signal.SIGCONT)
            self.frozen.remove(number)

    def tend(self) -> None:
        """None of them ever ends by itself."""
        for endpoint in self.running:
            code = endpoint.child.exit_code()
            assert code is None, f"an endpoint ended with {code}\n{endpoint.written()}"

    def until(self, holds: Callable[[], bool], seconds: float = WAIT_S) -> None:
        deadline = time.monotonic() + seconds
        while not holds():
            self.tend()
            assert time.monotonic() < deadline, self.said()
            time.sleep(POLL_S)

    def until_drained(self) -> None:
        """Until nothing is in the spool, and Kafka takes webhooks from each."""
        self.until(lambda: not self.contents().files)
        for endpoint in self.running:
            endpoint.wait_until_ready(WAIT_S)

    def contents(self) -> SpoolStatus:
        status = look_into(self.spool)
        assert not status.set_aside, f"set aside: {status.set_aside}\n{self.said()}"
        return status

    def stop_all(self) -> None:
        for number in range(len(self.running)):
            self._stop(number)
        self.running.clear()

    def end(self) -> None:
        for endpoint in self.running:
            endpoint.child.kill()

    def said(self) -> str:
        try:
            spool = str(look_into(self.spool))
        except OSError as error:
            spool = str(error)
        written = (f"== {each.url}\n{each.written()[-4_000:]}" for each in self.running)
        return "\n".join((spool, *written))

    def _stop(self, number: int) -> None:
        self.thaw(number)
        endpoint = self.running[number]
        self.until(lambda: _lives(endpoint))  # one that comes up can be killed only
        endpoint.child.ask_to_stop()
        assert endpoint.child.wait(STOP_S), endpoint.written()
        assert endpoint.child.exit_code() == 0, endpoint.written()
        assert "Traceback" not in endpoint.written(), endpoint.written()

    def _again(self, number: int) -> None:
        self.frozen.discard(number)
        self.running[number] = self._one(number, self.running[number].port)

    def _one(self, number: int, port: int = 0) -> EndpointProcess:
        own = self._folder / f"endpoint{number + 1}"
        own.mkdir(exist_ok=True)
        return EndpointProcess(
            own, self._bootstrap, self._prefix, PARTITIONS,
            data_dir=self._data_dir, port=port, env=self._env, module=wrong_clock.__name__,
        )  # fmt: skip


def _lives(endpoint: EndpointProcess) -> bool:
    try:
        return httpx.get(endpoint.url + "/livez", timeout=5).status_code == 200
    except httpx.TransportError:
        return False
