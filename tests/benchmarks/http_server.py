"""A server under load: started, ready, and what a number of requests takes."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from app.child.process import Child
from app.kafka.broker import Broker, free_port
from tests.benchmarks.engine import process
from tests.benchmarks.http_load import SECRET
from tests.benchmarks.machine import cpu_seconds
from tests.benchmarks.one_broker import PARTITIONS

START_S = 30.0
LOAD_S = 120


class Figures(NamedTuple):
    """Seconds, and milliseconds where the name says so."""

    requests: int
    wall: float
    cpu: float
    broker_cpu: float
    p50_ms: float
    p99_ms: float
    refused: int

    @property
    def rate(self) -> float:
        return self.requests / self.wall

    def per_100k(self, seconds: float) -> float:
        return seconds / self.requests * 1e5


class Server(NamedTuple):
    child: Child
    port: int

    def wait_until_ready(self) -> None:
        """Ends the benchmark with what it said where that takes too long."""
        deadline = time.monotonic() + START_S
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=2):
                    return
            except OSError:
                if time.monotonic() > deadline or self.child.exit_code() is not None:
                    raise SystemExit("\n".join(self.child.last_lines())) from None
                time.sleep(0.05)

    def load(self, count: int, connections: int, size: int) -> dict[str, float]:
        """As `http_load` prints it."""
        command = [sys.executable, "-m", "tests.benchmarks.http_load"]
        command += map(str, (self.port, count, connections, size))
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, timeout=LOAD_S)
        return json.loads(done.stdout)

    def measure(self, broker: Broker, count: int, connections: int, size: int) -> Figures:
        pids = self.child.pid, broker.child.pid
        before = [cpu_seconds(pid) for pid in pids]
        found = self.load(count, connections, size)
        cpu, broker_cpu = (cpu_seconds(pid) - at for pid, at in zip(pids, before, strict=True))
        return Figures(
            requests=int(found["requests"]),
            wall=found["seconds"],
            cpu=cpu,
            broker_cpu=broker_cpu,
            p50_ms=found["p50_ms"],
            p99_ms=found["p99_ms"],
            refused=int(found["refused"]),
        )


def hookline(
    bootstrap: str, folder: Path, name: str = "hookline", env: Mapping[str, str] | None = None
) -> Server:
    """`hookline endpoint` with one source; `env` may say where its code is, and settings."""
    config = folder / "hookline.toml"
    config.write_text('[[source]]\nname = "bench"\nvendor = "varda"\nsecrets = ["${BENCH}"]\n')
    port = free_port()
    command = ["-m", "app.cli.main", "endpoint", "--bootstrap", bootstrap, "--port", str(port)]
    command += ["--config", str(config), "--partitions", str(PARTITIONS)]
    data = {"BENCH": SECRET.decode(), "HOOKLINE_DATA_DIR": str(folder / name)}
    return _server(name, command, folder, port, {**data, **(env or {})})


def rival(module: str, bootstrap: str, topic: str, folder: Path) -> Server:
    """One of `rivals`."""
    port = free_port()
    command = ["-m", f"tests.benchmarks.rivals.{module}", "--bootstrap", bootstrap]
    command += ["--topic", topic, "--port", str(port)]
    return _server(module, command, folder, port, {})


def _server(
    name: str, command: Sequence[str], folder: Path, port: int, env: Mapping[str, str]
) -> Server:
    return Server(process(name, command, folder / f"{name}.log", env), port)
