"""README.md is true: its commands are run, what they print is compared, its tables are counted.

One `hookline dev` serves the whole tour, in the order of the text; ports are others than README's.
"""

from __future__ import annotations

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from inspect import signature
from pathlib import Path
from typing import IO, cast

import pytest
import typer

from app.cli.main import COMMANDS, main
from app.core.vendors import VENDORS
from app.endpoint.metrics import Metrics as EndpointMetrics
from app.inspector.metrics import Metrics as InspectorMetrics
from app.kafka.topics import Topics, declare
from app.settings import PREFIX, Settings
from app.sources import load_sources
from tests.e2e import readme
from tests.e2e.users import environment
from topologies.metrics import WorkerMetrics

ROOT = readme.README.parent
PATIENCE_S = 30
"""How long the worker may take to come to what was sent, over the whole tour."""

PORTS = {
    "9092": ("--kafka-port", "HOOKLINE_KAFKA_PORT"),
    "8080": ("--endpoint-port", "HOOKLINE_ENDPOINT_PORT"),
    "8081": ("--worker-port", "HOOKLINE_WORKER_METRICS_PORT"),
    "8082": ("--inspector-port", "HOOKLINE_INSPECTOR_PORT"),
}
ONCE = ("curl", "hookline simulate", "hookline replay")
"""What does something, and so is not tried again until it prints what is shown."""

NOT_RUN_HERE = {
    r"python3 -m venv \.venv && .*hookline dev": "CI runs this line to the letter",
    r"python3 -m venv \.venv && .*pytest": "CI runs this line to the letter",
    r"python3 -m venv \.venv && \S+ install -e '\.\[dev\]'": "test and lint, which CI installs",
    r"source \.venv/bin/activate": "the tests run in such an environment",
    r"pip install 'confluent-kafka\[avro,schemaregistry\]'": "the tests have it",
    r"git apply docs/changes/[a-z-]+\.patch": "test_changes.py",
    r"\.ci/run": "CI itself",
    r"\.venv/bin/pre-commit install": "its hooks are CI's lint, types and schemas",
    r"\.venv/bin/pytest .*": "a part of what CI runs",
    r"\.venv/bin/python -m tests\.benchmarks\..*": "by hand: it measures",
    r"docker compose .*": "tests/unit/docker holds the files against the code",
    r"for vendor in .*docker/secrets/.*": "the names are those of the compose file",
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


@pytest.fixture(scope="module")
def tour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tour]:
    folder = tmp_path_factory.mktemp("tour")
    ports = dict(zip(PORTS, _free_ports(len(PORTS)), strict=True))
    options = [f"{option}={ports[usual]}" for usual, (option, _) in PORTS.items()]
    dev = subprocess.Popen(
        [sys.executable, "-m", "app.cli.main", "dev", *options],
        cwd=folder,
        env=environment({}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        said = _until(cast(IO[str], dev.stdout), "hookline state get")
        tour = Tour(folder, said, ports)
        for name, text in readme.files().items():
            tour.write(name, text)
        yield tour
    finally:
        dev.send_signal(signal.SIGINT)
        assert dev.wait(30) == 0


def _free_ports(count: int) -> list[str]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [str(one.getsockname()[1]) for one in held]
    for one in held:
        one.close()
    return ports


def _until(output: IO[str], words: str) -> str:
    lines: list[str] = []
    for line in output:
        lines.append(line)
        if words in line:
            break
    return "".join(lines)


def _run_as_shown(tour: Tour, one: readme.Shown, until: float) -> str:
    """What it prints; again and again until that is what README shows, or it is too late."""
    while True:
        printed = tour.run(one.command)
        if readme.same(one.output, printed) or one.command.startswith(ONCE):
            return printed
        if time.monotonic() > until:
            return printed
        time.sleep(0.5)


def test_the_tour(tour: Tour, rewrite: bool) -> None:
    """All faults at once; `--rewrite-readme` writes what is printed."""
    text = readme.README.read_text()
    wrong: list[str] = []
    [welcome] = readme.blocks("text")
    if not readme.same(welcome, tour.shown(tour.said)):
        wrong.append(tour.shown(tour.said))
    until = time.monotonic() + (3 if rewrite else PATIENCE_S)
    for block in readme.blocks("console"):
        new = ""
        for one in readme.shown(block):
            printed = _run_as_shown(tour, one, until)
            right = readme.same(one.output, printed)
            new += f"$ {one.command}\n"
            new += one.output if right else "".join(f"{x.rstrip()}\n" for x in printed.splitlines())
            if not right:
                wrong.append(f"$ {one.command}\n{printed}")
        text = text.replace(block, new)
    if rewrite:
        readme.README.write_text(text)
    assert not wrong, "README does not show what is printed:\n\n" + "\n".join(wrong)


def test_lines_that_are_not_run_here_are_proved_elsewhere() -> None:
    lines = [line for block in readme.blocks("sh") for line in block.splitlines()]
    assert lines
    unproved = [
        line for line in lines if not any(re.fullmatch(known, line) for known in NOT_RUN_HERE)
    ]
    assert not unproved
    for known in NOT_RUN_HERE:
        assert any(re.fullmatch(known, line) for line in lines), f"{known} is not in README"


def test_there_is_one_line_to_run_it_and_one_to_test_it() -> None:
    for end in ("hookline dev", "pytest"):
        [line] = [
            line
            for block in readme.blocks("sh")
            for line in block.splitlines()
            if line.startswith("python3 -m venv .venv && ") and line.endswith(f" .venv/bin/{end}")
        ]
        assert line in (ROOT / "README.md").read_text().splitlines()


def test_all_blocks_are_of_a_kind_that_is_checked() -> None:
    kinds = set(re.findall(r"^```(\w+)$", readme.README.read_text(), re.MULTILINE))
    assert kinds == {"mermaid", "sh", "console", "text", "python", "toml"}


@pytest.mark.parametrize("command", sorted(readme.inline_commands()))
def test_commands_in_the_text_exist(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = shlex.split(command)[1:]
    path = [word for word in words if re.fullmatch(r"[a-z-]+", word) and not word.startswith("-")]
    with pytest.raises(SystemExit) as ended:
        main([*path[:2], "--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    for option in (word for word in words if word.startswith("--")):
        assert option in said


def test_every_command_takes_json_but_the_processes() -> None:
    without: set[str] = set()
    for command in COMMANDS:
        loaded = command.load()
        if isinstance(loaded, typer.Typer):
            for one in loaded.registered_commands:
                if "as_json" not in signature(one.callback or loaded).parameters:
                    without.add(f"{command.name} {one.name}")
        elif "as_json" not in signature(loaded).parameters:
            without.add(command.name)
    assert without == {"endpoint", "worker", "inspector"}


def test_its_sources_are_right(tmp_path: Path) -> None:
    file = tmp_path / "hookline.toml"
    file.write_text(readme.files()["hookline.toml"])
    [source] = load_sources(file, VENDORS, {"VOXSIG_SECRET": "of-eight-bytes"})
    assert (source.name, source.vendor, source.account_id) == ("support-eu", "voxsig", "1")


def test_every_vendor_is_listed() -> None:
    assert [row[0] for row in readme.table("Sources")] == [vendor.name for vendor in VENDORS]


def test_every_topic_is_listed_and_how_long_it_is_kept() -> None:
    kept = {
        "compact": "the newest of each key",
        "-1": "for ever",
        str(90 * 24 * 3600 * 1000): "90 days",
    }
    declared = {
        f"`{topic.name}`": kept[topic.config.get("retention.ms") or topic.config["cleanup.policy"]]
        for topic in declare(Topics(), partitions=8, replication=3)
    }
    assert {row[0]: row[-1] for row in readme.table("Topics")} == declared


BESIDE_SETTINGS = {"HOOKLINE_CACHE": "~/.cache/hookline", "JAVA_HOME": ""}


def test_every_setting_is_listed_with_its_default() -> None:
    listed = {row[0].strip("`"): row[1].strip("`") for row in readme.table("Settings")}
    settings = {
        _variable(name): "" if field.default is None else f"{field.default}"
        for name, field in Settings.model_fields.items()
    }
    assert listed == {**settings, **BESIDE_SETTINGS}


def _variable(field: str) -> str:
    return "SCHEMA_REGISTRY_URL" if field == "schema_registry_url" else PREFIX + field.upper()


def test_every_metric_is_listed_with_its_labels() -> None:
    registries = [EndpointMetrics().registry, WorkerMetrics().registry, InspectorMetrics().registry]
    registered = {
        collector._name: ", ".join(collector._labelnames)  # pyright: ignore
        for registry in registries
        for collector in set(registry._collector_to_names)  # pyright: ignore
        if hasattr(collector, "_labelnames")
    }
    listed = {row[0].strip("`"): row[1] for row in readme.table("Metrics")}
    assert {_base(name): labels for name, labels in listed.items()} == registered
    for name in listed:
        assert name.endswith("_total") == (_base(name) != name)


def _base(name: str) -> str:
    return name.removesuffix("_total")


@pytest.mark.parametrize("heading", ["Sources", "Topics", "Settings", "Metrics"])
def test_tables_are_whole(heading: str) -> None:
    """Each row has as many cells as its head."""
    rows = readme.table(heading)
    assert rows
    assert len({len(row) for row in rows}) == 1


def test_every_folder_has_its_line() -> None:
    listed = [path for row in readme.table("Work on it") for path in re.findall("`(.*?)`", row[0])]
    assert all((ROOT / path).is_dir() for path in listed)
    packages = {path.parent for path in (ROOT / "app").glob("*/__init__.py")}
    assert {str(path.relative_to(ROOT)) for path in packages} <= set(listed)


def test_nothing_in_it_is_of_one_machine() -> None:
    text = readme.README.read_text()
    assert not re.search(r"/(tmp|home|root|work|Users)/", text)
