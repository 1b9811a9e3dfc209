"""A `hookline dev` for browsers to look at, with traffic in it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO, Any, cast

from tests.browser.desk import Desk
from tests.e2e.users import environment

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

    def stop(self) -> None:
        self.desk.close()
        self._process.send_signal(signal.SIGINT)
        self._process.communicate(timeout=_PATIENCE_S)
