"""Hookline as users have it: commands in a folder of their own, and what they leave behind."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.integration import forks


@dataclass(frozen=True)
class Ended:
    """A command that has ended. `left` are processes of it that still run, `files` what it wrote,
    by paths in its folder.
    """

    code: int
    out: str
    err: str
    left: list[str]
    files: list[str]


def run(folder: Path, *arguments: str, timeout_s: float = 60, **variables: str) -> Ended:
    """`hookline ARGUMENTS` in the folder, with these variables and no other of Hookline's."""
    before = _files(folder)
    done = forks.run(arguments, environment(variables), folder, timeout_s)
    left = _processes(folder, done.pid)
    return Ended(done.code, done.out, done.err, left, sorted(_files(folder) - before))


def environment(variables: Mapping[str, str]) -> dict[str, str]:
    clean = {
        name: text
        for name, text in os.environ.items()
        if not name.startswith("HOOKLINE_") and name != "SCHEMA_REGISTRY_URL"
    }
    return {**clean, **variables}


def _files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def _processes(folder: Path, session: int) -> list[str]:
    """Those of its session, and those that were given its folder."""
    listed = subprocess.run(
        ["ps", "-eo", "sess=,args="], capture_output=True, text=True, check=True
    ).stdout
    return [
        line
        for line in listed.splitlines()
        if line.split(None, 1)[0] == str(session) or str(folder) in line
    ]


def run_each(
    folder: Path, commands: Iterable[tuple[str, ...]], **variables: str
) -> dict[tuple[str, ...], Ended]:
    """Each in a folder of its own under `folder`, all at a time: mostly they wait."""

    def one(number: int, arguments: tuple[str, ...]) -> Ended:
        own = folder / f"run-{number}"
        own.mkdir()
        return run(own, *arguments, **variables)

    all_of_them = list(commands)
    with ThreadPoolExecutor(len(all_of_them)) as pool:
        ended = pool.map(one, range(len(all_of_them)), all_of_them)
        return dict(zip(all_of_them, ended, strict=True))
