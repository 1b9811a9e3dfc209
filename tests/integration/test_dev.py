"""`hookline dev` as a user runs it: up, used, stopped, and nothing left, whatever happens."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

import pytest

from app.kafka.connection import Connection
from app.kafka.log import Log
from app.kafka.topics import Topics
from tests.processes import is_running

pytestmark = pytest.mark.long(45)

UP_S = 60
ANY_PORTS = ("--kafka-port=0", "--endpoint-port=0", "--worker-port=0", "--inspector-port=0")


class Dev:
    """One `hookline dev` in a folder of its own, with these variables and no others."""

    def __init__(self, folder: Path, *arguments: str, **variables: str) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app.cli.main", "dev", *ANY_PORTS, *arguments],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment() | variables,
        )

    def facts(self) -> dict[str, str]:
        """What it prints with --json once all is up."""
        line = cast(IO[str], self.process.stdout).readline()
        assert line, self.end()[1]
        return json.loads(line)

    def pids(self, facts: dict[str, str]) -> list[int]:
        return [self.process.pid, *cast(dict[str, int], facts["pids"]).values()]

    def end(self, number: int | None = None) -> tuple[int, str]:
        """Its exit code and what it said on stderr, after a signal if one is given."""
        if number is not None:
            self.process.send_signal(number)
        _, said = self.process.communicate(timeout=UP_S)
        return self.process.returncode, said


def environment() -> dict[str, str]:
    return {name: text for name, text in os.environ.items() if not name.startswith("HOOKLINE_")}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    shutil.rmtree(tmp_path / ".hookline", ignore_errors=True)  # Kafka's data is large


def left(pids: list[int], within_s: float = 5) -> list[int]:
    """Those that still run after that time."""
    deadline = time.monotonic() + within_s
    while (running := [pid for pid in pids if is_running(pid)]) and time.monotonic() < deadline:
        time.sleep(0.02)
    return running


def started_in(folder: Path) -> list[str]:
    """Commands of processes that work in the folder or were given it."""
    said = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    return [line for line in said.splitlines() if str(folder) in line and "ps -eo" not in line]


def test_up_used_stopped_and_there_again(folder: Path) -> None:
    dev = Dev(folder)
    lines: list[str] = []
    stdout = cast(IO[str], dev.process.stdout)
    while not (lines and lines[-1].strip().startswith("hookline state get")) and (
        line := stdout.readline()
    ):
        lines.append(re.sub(r"^\s*(HOOKLINE_\w+=\S+ )*", "", line).rstrip())
    said = "\n".join(lines)
    assert "Hookline is up" in said, dev.end()[1]

    [first_webhook] = [line for line in lines if line.startswith("curl ")]
    answer = subprocess.run(
        first_webhook, shell=True, cwd=folder, capture_output=True, text=True, check=True
    )
    receipt = json.loads(answer.stdout)
    assert receipt["key"] == "convocore/conversation/first"

    second = subprocess.run(
        [sys.executable, "-m", "app.cli.main", "dev", *ANY_PORTS],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env=environment(),
    )
    assert second.returncode == 2
    assert f"process {dev.process.pid}" in second.stderr

    code, said = dev.end(signal.SIGINT)
    assert code == 0
    assert said.splitlines()[-1] == "Stopping."
    assert started_in(folder) == []

    again = Dev(folder, "--json")
    facts = again.facts()
    pids = again.pids(facts)
    with Log(Connection(facts["bootstrap"])) as log:
        found = log.fetch(receipt["topic"], receipt["partition"], [receipt["offset"]])
    assert [dict(record.headers)["ce_id"].decode() for record in found] == [receipt["id"]]
    assert all(is_running(pid) for pid in pids)
    again.end(signal.SIGKILL)
    assert left(pids) == []


def test_a_child_that_dies_is_named_and_takes_the_others_along(folder: Path) -> None:
    dev = Dev(folder, "--json")
    facts = dev.facts()
    os.kill(cast(dict[str, int], facts["pids"])["endpoint"], signal.SIGKILL)
    code, said = dev.end()
    assert code == 1
    assert "endpoint ended by signal 9. The end of .hookline/logs/endpoint.log:\n" in said
    assert '"listening"' in said
    assert left(dev.pids(facts)) == []


def test_ports_that_are_taken_are_named_before_anything_starts(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as b:
        kafka, endpoint = one.getsockname()[1], b.getsockname()[1]
        dev = Dev(folder, f"--kafka-port={kafka}", f"--endpoint-port={endpoint}")
        code, said = dev.end()
    assert code == 2
    assert said.splitlines()[:2] == [
        f"Port {kafka} for Kafka is taken (--kafka-port or HOOKLINE_KAFKA_PORT).",
        f"Port {endpoint} for endpoint is taken (--endpoint-port or HOOKLINE_ENDPOINT_PORT).",
    ]
    assert not (folder / ".hookline" / "kafka").exists()


def test_a_bad_configuration_is_refused_before_anything_starts(folder: Path) -> None:
    folder.joinpath("my.toml").write_text('[[source]]\nname = "a"\nvendor = "nobody"\n')
    code, said = Dev(folder, "--config=my.toml").end()
    assert code == 2
    assert "vendor" in said
    assert not (folder / ".hookline" / "kafka").exists()


def test_a_kafka_that_is_there_already_is_used(folder: Path, kafka: str, prefix: str) -> None:
    dev = Dev(folder, "--json", f"--bootstrap={kafka}", f"--prefix={prefix}")
    facts = dev.facts()
    assert facts["bootstrap"] == kafka
    assert "kafka" not in facts["pids"]
    with urllib.request.urlopen(f"{facts['endpoint']}/readyz", timeout=5) as answer:
        assert answer.status == 200
    with Log(Connection(kafka)) as log:
        assert log.partitions(Topics(prefix).raw) == 4
    assert dev.end(signal.SIGTERM)[0] == 0
    assert left(dev.pids(facts)) == []


def test_an_interrupt_while_it_starts_leaves_nothing(folder: Path) -> None:
    dev = Dev(folder)
    log = folder / ".hookline" / "logs" / "kafka.log"
    deadline = time.monotonic() + UP_S
    while not (log.exists() and "Starting" in log.read_text()) and time.monotonic() < deadline:
        time.sleep(0.02)
    code, said = dev.end(signal.SIGINT)
    assert code == 130
    assert "Traceback" not in said
    assert started_in(folder) == []


IN_A_SMALL_DISK = """\
mount -t tmpfs -o size=300m tmpfs "$1" && cd "$1" && shift || exit 77
"$@" > up & dev=$!
while ! [ -s up ]; do sleep 0.1; kill -0 $dev || exit 76; done
dd if=/dev/zero of=filled bs=1M 2> /dev/null
python3 - up <<'END'
import json, sys, time, urllib.request
endpoint = json.load(open(sys.argv[1]))["endpoint"]
body = {"type": "message_received", "payload": {"convoId": "c", "messageContent": "x" * 500_000,
        "workspaceSecret": open(".hookline/secrets/convocore").read().strip()}}
for _ in range(100):
    try:
        urllib.request.urlopen(endpoint + "/webhooks/convocore", json.dumps(body).encode(), 5)
    except OSError:
        break
END
wait $dev
"""


def test_a_full_disk_is_said_and_nothing_stays(folder: Path) -> None:
    small = folder / "small"
    small.mkdir()
    dev = [sys.executable, "-m", "app.cli.main", "dev", *ANY_PORTS, "--json"]
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", IN_A_SMALL_DISK, "sh", str(small), *dev],
        capture_output=True,
        text=True,
        check=False,
        env=environment(),
        timeout=120,
    )
    if done.returncode in (1, 77) and "dev" not in done.stderr and "kafka" not in done.stderr:
        pytest.skip(f"a disk of its own needs rights that are not there: {done.stderr.strip()}")
    assert done.returncode == 1
    assert "The disk that holds .hookline is full: " in done.stderr
    assert started_in(small) == []


def test_a_disk_without_room_is_refused_before_anything_starts(folder: Path) -> None:
    small = folder / "small"
    small.mkdir()
    dev = [sys.executable, "-m", "app.cli.main", "dev", *ANY_PORTS]
    mount = 'mount -t tmpfs -o size=20m tmpfs "$1" && cd "$1" && shift || exit 77; exec "$@"'
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", mount, "sh", str(small), *dev],
        capture_output=True,
        text=True,
        check=False,
        env=environment(),
    )
    if done.returncode in (1, 77):
        pytest.skip(f"a disk of its own needs rights that are not there: {done.stderr.strip()}")
    assert done.returncode == 2
    assert "is nearly full" in done.stderr
