"""A `hookline dev` for browsers to look at, with traffic in it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import quote

import httpx

from tests.browser.desk import Desk
from tests.e2e.users import environment
from tests.integration.inspector_view import wait


def _parts(key: str) -> tuple[str, str, str]:
    source, kind, id = key.split("/", 2)
    return kind, source, id


_ANY_PORTS = ("--kafka-port=0", "--endpoint-port=0", "--worker-port=0", "--inspector-port=0")
_PATIENCE_S = 60


class Running:
    """Up, with ports of its own, until `stop`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process = subprocess.Popen(
            [sys.executable, "-m", "app.cli.main", "dev", "--json", *_ANY_PORTS],
            cwd=folder,
            env=environment({}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        line = cast(IO[str], self._process.stdout).readline()
        assert line, f"hookline dev ended with {self._process.wait(_PATIENCE_S)}"
        facts: dict[str, Any] = json.loads(line)
        self.url: str = facts["inspector"]
        self.bootstrap: str = facts["bootstrap"]
        self._endpoint: str = facts["endpoint"]
        self._config = folder / facts["config"]
        self.desk = Desk(self._endpoint, self._config)

    def simulate(self, count: int) -> None:
        """The contact centre that every vendor's stories make."""
        arguments = ("--count", str(count), "--rate", "0", "--seed", "3")
        target = ("--url", self._endpoint, "--config", str(self._config))
        subprocess.run(
            [sys.executable, "-m", "app.cli.main", "simulate", *arguments, *target],
            cwd=self._folder,
            env=environment({}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
            timeout=_PATIENCE_S,
        )

    def until(self, key: str, webhooks: int) -> None:
        """Until the row of a key has as many webhooks, duplicates too."""
        kind, source, id = (quote(part, safe="") for part in _parts(key))
        deadline = time.monotonic() + _PATIENCE_S
        while time.monotonic() < deadline:
            row = httpx.get(f"{self.url}/api/{kind}s/{source}/{id}").json()
            if row.get("events", 0) + row.get("duplicates", 0) >= webhooks:
                return
            time.sleep(0.05)
        raise AssertionError(f"{key} has not {webhooks} webhooks: {row}")

    def until_dead(self, key: str) -> None:
        """Until a key has a dead letter."""
        url = f"{self.url}/api/dead-letters/letters"
        wait(lambda: bool(httpx.get(url, params={"key": key}).json()["items"]), _PATIENCE_S)

    def stop(self) -> None:
        self.desk.close()
        self._process.send_signal(signal.SIGINT)
        self._process.communicate(timeout=_PATIENCE_S)
