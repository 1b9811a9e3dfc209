"""Requests a second and CPU of the endpoint, on a real broker. By hand:
`python -m tests.benchmarks.bench_endpoint`.

Every request's HMAC is verified and answered after Kafka's acks=all. Broker, endpoint and load
share the machine, each a process of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
import urllib.request
from contextlib import ExitStack
from pathlib import Path

from app.child.process import Child
from app.kafka.broker import free_port
from app.kafka.topics import Topics
from tests.benchmarks.http_load import SECRET
from tests.benchmarks.machine import cpu_seconds, machine
from tests.benchmarks.one_broker import PARTITIONS, create, one_broker


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--requests", type=int, default=200_000)
    options.add_argument("--connections", type=int, default=64)
    options.add_argument("--bytes", type=int, default=700)
    options.add_argument("--runs", type=int, default=3)
    chosen = options.parse_args()
    print(machine())
    print(f"{chosen.connections} connections, bodies of {chosen.bytes} bytes, HMAC, acks=all")
    with one_broker() as (broker, folder), ExitStack() as stack:
        create(broker, Topics())
        port = free_port()
        endpoint = start_endpoint(folder, broker.bootstrap, port)
        stack.callback(endpoint.stop, 6)
        wait_until_ready(endpoint, port)
        load(port, 20_000, chosen.connections, chosen.bytes)  # the JVM and the caches warm up
        for _ in range(chosen.runs):
            before = cpu_seconds(endpoint.pid), cpu_seconds(broker.child.pid)
            result = load(port, chosen.requests, chosen.connections, chosen.bytes)
            used = cpu_seconds(endpoint.pid) - before[0], cpu_seconds(broker.child.pid) - before[1]
            report(result, *used)


def start_endpoint(folder: Path, bootstrap: str, port: int) -> Child:
    config = folder / "hookline.toml"
    config.write_text('[[source]]\nname = "bench"\nvendor = "varda"\nsecrets = ["${BENCH}"]\n')
    command = [sys.executable, "-m", "app.cli.main", "endpoint", "--bootstrap", bootstrap]
    command += ["--config", str(config), "--partitions", str(PARTITIONS), "--port", str(port)]
    root = str(Path(__file__).parents[2])
    environment = {**os.environ, "PYTHONPATH": root, "BENCH": SECRET.decode()}
    environment["HOOKLINE_DATA_DIR"] = str(folder)
    return Child("endpoint", command, folder / "endpoint.log", env=environment)


def wait_until_ready(endpoint: Child, port: int) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2):
                return
        except OSError:
            if time.monotonic() > deadline or endpoint.exit_code() is not None:
                raise SystemExit("\n".join(endpoint.last_lines())) from None
            time.sleep(0.05)


def load(port: int, count: int, connections: int, size: int) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.benchmarks.http_load"]
    command += map(str, (port, count, connections, size))
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)
    return json.loads(done.stdout)


def report(result: dict[str, float], endpoint_cpu: float, broker_cpu: float) -> None:
    requests = result["requests"]
    print(
        f"{requests / result['seconds']:,.0f} requests/s,"
        f" endpoint {endpoint_cpu / requests * 100_000:.2f} CPU s per 100,000 requests,"
        f" broker {broker_cpu / requests * 100_000:.2f},"
        f" p50 {result['p50_ms']:.1f} ms, p99 {result['p99_ms']:.1f} ms,"
        f" {result['refused']:.0f} refused"
    )


if __name__ == "__main__":
    main()
