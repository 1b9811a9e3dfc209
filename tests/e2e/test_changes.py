"""The changes that README shows can be made to this code: applied to a copy of it, they pass."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.readme import README, blocks

ROOT = README.parent
CHANGES = ROOT / "docs/changes"
COPIED = ("app", "schemas", "topologies", "tests", "pyproject.toml", "README.md", "docker")

ENOUGH = ("tests/golden", "tests/unit/test_architecture.py", "tests/unit/core")
"""What fails first when a change is not whole. The new tests of a change run, too."""


def test_readme_names_them_all() -> None:
    named = [
        line.removeprefix("git apply docs/changes/")
        for block in blocks("sh")
        for line in block.splitlines()
        if line.startswith("git apply")
    ]
    assert sorted(named) == sorted(path.name for path in CHANGES.iterdir())


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in COPIED:
        path = ROOT / name
        if path.is_dir():
            ignored = shutil.ignore_patterns("__pycache__", ".*")
            shutil.copytree(path, tmp_path / name, ignore=ignored)
        else:
            shutil.copy(path, tmp_path / name)
    return tmp_path


def run(copy: Path, *command: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTEST_ADDOPTS": ""}
    done = subprocess.run(
        command,
        cwd=copy,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3_000:] + done.stderr[-3_000:]


def test_each_applies_in_readmes_order_and_all_tests_pass(copy: Path) -> None:
    """`hookline schemas lock` gives the new versions their ids, as README says."""
    added: list[str] = []
    for block in blocks("sh"):
        for line in block.splitlines():
            if line.startswith("git apply"):
                patch = ROOT / line.removeprefix("git apply ")
                run(copy, "git", "apply", str(patch))
                added += [
                    name.removeprefix("+++ b/")
                    for name in patch.read_text().splitlines()
                    if name.startswith("+++ b/tests/unit")
                ]
    run(copy, sys.executable, "-m", "app.cli.main", "schemas", "lock")
    run(copy, sys.executable, "-m", "app.cli.main", "schemas", "check")
    run(copy, sys.executable, "-m", "pytest", "-n0", "-p", "no:cacheprovider", *ENOUGH, *added)
