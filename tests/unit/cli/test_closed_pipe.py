"""What a command does when whoever reads what it prints has left, as `head` does."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from app.cli.main import NOBODY_READS

PRINTING = """
import sys, typer
import app.cli.commands as commands
from app.cli.main import main
from app.cli.show.output import console, print_json
def rich(): [console().print("a line") for _ in range(10_000)]
def json(): print_json({"items": ["x" * 100] * 10_000})
def plain(): [print("a line") for _ in range(10_000)]
def little(): print("a line")
def no():
    print("a line")
    raise typer.Exit(1)
class Command:
    name, panel, help = "show", "p", "h"
    def load(self): return globals()[sys.argv[1]]
commands.COMMANDS = (Command(),)
main(["show"])
"""


def run(command: str, *, read: bool = False) -> tuple[int, str]:
    """Exit code and stderr of one whose stdout is closed before it prints, unless it is read."""
    ours, theirs = os.pipe()
    if not read:
        os.close(ours)
    process = subprocess.Popen(
        [sys.executable, "-c", PRINTING, command], stdout=theirs, stderr=subprocess.PIPE, text=True
    )
    os.close(theirs)
    if read:
        with os.fdopen(ours) as pipe:
            pipe.read()
    _, said = process.communicate(timeout=30)
    return process.returncode, said


@pytest.mark.parametrize("command", ["rich", "json", "plain", "little", "no"])
def test_it_ends_quietly_as_other_programs_do(command: str) -> None:
    assert run(command) == (NOBODY_READS, "")


def test_one_that_has_no_stdout_at_all() -> None:
    shell = f'exec "{sys.executable}" -m app.cli.main --version >&-'
    done = subprocess.run(["sh", "-c", shell], stderr=subprocess.PIPE, timeout=30, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(("command", "code"), [("rich", 0), ("little", 0), ("no", 1)])
def test_what_is_read_through_has_its_own_code(command: str, code: int) -> None:
    assert run(command, read=True) == (code, "")
