"""Where README's commands are run: a folder with a `hookline dev`, on ports of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tests.e2e.users import environment

PORTS = {
    "9092": ("--kafka-port", "HOOKLINE_KAFKA_PORT"),
    "8080": ("--endpoint-port", "HOOKLINE_ENDPOINT_PORT"),
    "8081": ("--worker-port", "HOOKLINE_WORKER_METRICS_PORT"),
    "8082": ("--inspector-port", "HOOKLINE_INSPECTOR_PORT"),
}


@dataclass(frozen=True)
class Tour:
    """A shell in the folder where `hookline dev` runs; `said` is what that printed."""

    folder: Path
    said: str
    ports: dict[str, str]

    def run(self, command: str) -> str:
        """What it prints, on both outputs, with README's ports in place of the real ones."""
        done = subprocess.run(
            ["bash", "-c", self._real(command)],
            cwd=self.folder,
            env=environment(self._variables()),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=120,
        )
        return self.shown(done.stdout)

    def write(self, name: str, text: str) -> None:
        self.folder.joinpath(name).write_text(self._real(text))

    def shown(self, printed: str) -> str:
        for usual, real in self.ports.items():
            printed = printed.replace(f"127.0.0.1:{real}", f"127.0.0.1:{usual}")
        return printed

    def _real(self, text: str) -> str:
        for usual, real in self.ports.items():
            text = text.replace(f"127.0.0.1:{usual}", f"127.0.0.1:{real}")
        return text

    def _variables(self) -> dict[str, str]:
        named = {variable: self.ports[usual] for usual, (_, variable) in PORTS.items()}
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        return {**named, "HOOKLINE_BOOTSTRAP": f"127.0.0.1:{self.ports['9092']}", "PATH": path}


def read_until(output: IO[str], words: str) -> str:
    lines: list[str] = []
    for line in output:
        lines.append(line)
        if words in line:
            break
    return "".join(lines)
