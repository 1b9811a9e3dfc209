"""README.md is true: its commands are run and what they print is compared.

One `hookline dev` serves the whole tour, in the order of the text; ports are others than README's.
"""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import IO, cast

import pytest

from tests.e2e import readme
from tests.e2e.tour import PORTS, Tour, read_until
from tests.e2e.users import environment
from tests.ports import free_port

ROOT = readme.README.parent
PATIENCE_S = 30.0
"""How long the worker may be waited for, over the whole tour, to come to what was sent."""

ONCE = ("curl", "hookline simulate", "hookline replay")
"""What does something, and so is not tried again until it prints what is shown."""

NOT_RUN_HERE = {
    r"python3 -m venv \.venv && .*hookline dev": "CI runs this line to the letter",
    r"python3 -m venv \.venv && .*pytest": "CI runs this line to the letter",
    r"python3 -m venv \.venv && \S+ install -e '\.\[dev\]'": "test and lint, which CI installs",
    r"source \.venv/bin/activate": "the tests run in such an environment",
    r"pip install 'confluent-kafka\[avro,schemaregistry\]'": "the tests have it",
    r"pip install -e '\.\[export\]'": "a part of the extra `test`, which CI installs",
    r"git apply docs/changes/[a-z-]+\.patch": "test_changes.py",
    r"\.ci/run": "CI itself",
    r"\.venv/bin/pre-commit install": "its hooks are CI's lint, types and schemas",
    r"\.venv/bin/pytest .*": "a part of what CI runs",
    r"\.venv/bin/python -m tests\.benchmarks\..*": "by hand: it measures",
    r"docker compose .*": "tests/unit/docker holds the files against the code",
    r"for name in .*docker/secrets/.*": "the names are those of the compose file",
}


@pytest.fixture(scope="module")
def tour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tour]:
    folder = tmp_path_factory.mktemp("tour")
    ports = {usual: str(free_port()) for usual in PORTS}
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
        said = read_until(cast(IO[str], dev.stdout), "hookline state get")
        tour = Tour(folder, said, ports)
        for name, text in readme.files().items():
            tour.write(name, text)
        yield tour
    finally:
        dev.send_signal(signal.SIGINT)
        assert dev.wait(30) == 0


def _run_as_shown(tour: Tour, one: readme.Shown, patience_s: float) -> tuple[str, float]:
    """What it prints, again and again until that is what README shows, or it is too late; and how
    many seconds that took beyond the first time.
    """
    printed = tour.run(one.command)
    began = time.monotonic()
    while not readme.same(one.output, printed) and not one.command.startswith(ONCE):
        if time.monotonic() - began > patience_s:
            break
        time.sleep(0.5)
        printed = tour.run(one.command)
    return printed, time.monotonic() - began


@pytest.mark.timeout(300)
def test_the_tour(tour: Tour, rewrite: bool) -> None:
    """All faults at once; `--rewrite-readme` writes what is printed."""
    text = readme.README.read_text()
    wrong: list[str] = []
    [welcome] = readme.blocks("text")
    if not readme.same(welcome, tour.shown(tour.said)):
        wrong.append(tour.shown(tour.said))
    patience_s = 3.0 if rewrite else PATIENCE_S
    for block in readme.blocks("console"):
        new = ""
        for one in readme.shown(block):
            printed, waited_s = _run_as_shown(tour, one, patience_s)
            patience_s -= waited_s
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
