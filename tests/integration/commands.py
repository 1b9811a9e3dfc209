"""Hookline's commands, run as a person runs them: each in a process of its own.

To load them takes longer than most take to answer: a server of forks has them loaded, and every
process that is forked from it runs one.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from functools import cache
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from app.cli.main import COMMANDS, RUN, main

NO_INSPECTOR = "http://127.0.0.1:1"
PATIENCE_S = 60
LOADED = [f"app.cli.{command.identifier}" for command in COMMANDS if command.panel != RUN]


class Done(NamedTuple):
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Done]


def commands(kafka: str, prefix: str, inspector: str = NO_INSPECTOR) -> Run:
    def run(*arguments: str) -> Done:
        return _run(
            arguments,
            os.environ
            | {
                "HOOKLINE_BOOTSTRAP": kafka,
                "HOOKLINE_TOPIC_PREFIX": prefix,
                "HOOKLINE_INSPECTOR_URL": inspector,
            },
        )

    return run


def _run(arguments: tuple[str, ...], environment: Mapping[str, str]) -> Done:
    with TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        process = _forks().Process(target=_command, args=(arguments, environment, out, err))
        process.start()
        process.join(PATIENCE_S)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise TimeoutError(f"hookline {' '.join(arguments)}: {err.read_text()}")
        return Done(process.exitcode, out.read_text(), err.read_text())


@cache
def _forks() -> ForkServerContext:
    context = get_context("forkserver")
    context.set_forkserver_preload(LOADED)
    return context


def _command(
    arguments: tuple[str, ...], environment: Mapping[str, str], out: Path, err: Path
) -> None:
    """In the new process."""
    os.environ.clear()
    os.environ.update(environment)
    for path, number in ((os.devnull, 0), (out, 1), (err, 2)):
        opened = os.open(path, os.O_RDWR | os.O_CREAT)
        os.dup2(opened, number)
        os.close(opened)
    sys.argv = ["hookline", *arguments]
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")  # noqa: SIM115
    main(arguments)
