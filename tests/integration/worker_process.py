"""A worker as users run it: a process of its own, on a port of its own."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path

import httpx

from tests.integration import local_http
from tests.integration.forks import ForkedChild
from tests.ports import free_port

WORKER = "app.cli.main"


class WorkerProcess:
    """`hookline worker`. Its log is in `folder`, one file for each `name`."""

    def __init__(
        self,
        folder: Path,
        bootstrap: str,
        prefix: str,
        partitions: int,
        name: str = "worker",
        port: int = 0,
        env: Mapping[str, str] | None = None,
        module: str = WORKER,
    ) -> None:
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        arguments = ("--bootstrap", bootstrap, "--prefix", prefix)
        arguments += ("--partitions", str(partitions), "--port", str(self.port))
        log = folder / f"{name}.log"
        environment = {**os.environ, **(env or {})}
        self.child = ForkedChild(name, module, ["worker", *arguments], log, environment)

    def wait_until_ready(self, seconds: float = 20) -> None:
        deadline = time.monotonic() + seconds
        while self.status("/readyz") != 200:
            assert self.child.exit_code() is None, self.said()
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.05)

    def status(self, path: str) -> int | None:
        """None while nothing answers."""
        try:
            return local_http.get(self.url + path).status_code
        except httpx.TransportError:
            return None

    def exit_code(self, seconds: float = 20) -> int | None:
        assert self.child.wait(seconds), self.said()
        return self.child.exit_code()

    def stop(self) -> int | None:
        self.child.ask_to_stop()
        return self.exit_code()

    def said(self) -> str:
        return self.child.log.read_text()
