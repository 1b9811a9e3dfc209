"""An inspector as users run it: a process of its own, on a port of its own."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path

import httpx

from tests.integration import local_http
from tests.integration.forks import ForkedChild
from tests.ports import free_port

NOWHERE = "127.0.0.1:9"  # nothing listens there: what needs no Kafka


class InspectorProcess:
    """`hookline inspector`. Its log and its view are in `folder`."""

    def __init__(
        self,
        folder: Path,
        prefix: str,
        bootstrap: str = NOWHERE,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.view = folder / "inspector" / f"{prefix}view.sqlite3"
        arguments = ["inspector", "--bootstrap", bootstrap, "--prefix", prefix]
        settings = {"HOOKLINE_DATA_DIR": str(folder), "HOOKLINE_LOG_FORMAT": "json"}
        self.child = ForkedChild(
            "inspector",
            "app.cli.main",
            [*arguments, "--port", str(self.port)],
            folder / "inspector.log",
            {**os.environ, **settings, **(env or {})},
        )

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + 20
        while not self._is_ready():
            assert self.child.exit_code() is None, self.child.log.read_text()
            assert time.monotonic() < deadline, self.child.log.read_text()
            time.sleep(0.05)

    def _is_ready(self) -> bool:
        try:
            return local_http.get(f"{self.url}/readyz").status_code == 200
        except httpx.TransportError:
            return False
