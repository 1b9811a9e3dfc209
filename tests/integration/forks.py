"""Hookline's processes as `python -m` runs them, but quick to start: to load the program takes
longer than most commands take to answer, and twice as long as a worker then takes to be ready. So
a server of forks has it loaded, and each process is forked from that.
"""

from __future__ import annotations

import ctypes
import os
import runpy
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from types import ModuleType
from typing import NamedTuple

from app.child.process import Child
from app.child.tether import PR_SET_PDEATHSIG
from app.cli.commands import COMMANDS

LOADED = [f"app.cli.{command.identifier}" for command in COMMANDS]

_ONE_AT_A_TIME = Lock()  # whoever starts a process or asks for one asks for all of them
_POLL_S = 0.01


class Fork:
    """A module that runs as the program of a new process, in a session of its own; `out` and `err`
    are what its output is appended to. It dies with the server, and that with this process.
    """

    def __init__(
        self,
        module: str,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        out: Path,
        err: Path,
        folder: Path | None = None,
    ) -> None:
        folder = Path.cwd() if folder is None else folder
        given = (module, [*arguments], dict(environment), out, err, folder)
        self._process = _server().Process(target=_run, args=given, daemon=True)
        with _ONE_AT_A_TIME:
            here = sys.modules["__main__"]
            sys.modules["__main__"] = ModuleType("__main__")  # or it would be loaded there, too
            try:
                self._process.start()
            finally:
                sys.modules["__main__"] = here
        assert self._process.pid is not None
        self.pid = self._process.pid
        with suppress(ProcessLookupError):  # it has ended already
            while os.getpgid(self.pid) != self.pid:
                time.sleep(0.001)  # until it leads a group, which is what signals are sent to

    def poll(self) -> int | None:
        with _ONE_AT_A_TIME:
            return self._process.exitcode

    def wait(self, seconds: float = 60) -> int:
        """Its exit code. Raises TimeoutError, and kills it."""
        deadline = time.monotonic() + seconds
        while (code := self.poll()) is None:
            if time.monotonic() > deadline:
                os.kill(self.pid, signal.SIGKILL)
                raise TimeoutError
            time.sleep(_POLL_S)
        return code


class Finished(NamedTuple):
    """A command that has ended: its process, exit code and output."""

    pid: int
    code: int
    out: str
    err: str


def run(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    folder: Path | None = None,
    seconds: float = 60,
) -> Finished:
    """`hookline ARGUMENTS`, to its end. Raises TimeoutError with what it has printed."""
    with TemporaryDirectory() as apart:
        out, err = Path(apart, "out"), Path(apart, "err")
        process = Fork("app.cli.main", arguments, environment, out, err, folder)
        try:
            return Finished(process.pid, process.wait(seconds), out.read_text(), err.read_text())
        except TimeoutError:
            said = f"{out.read_text()}\n{err.read_text()}"
            raise TimeoutError(f"{arguments} still ran after {seconds} s:\n{said}") from None


class ForkedChild(Child):
    """See Child: it is started otherwise."""

    def __init__(
        self,
        name: str,
        module: str,
        arguments: Sequence[str],
        log: Path,
        environment: Mapping[str, str],
    ) -> None:
        self.name = name
        self.log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        log.touch()
        self._log_start = log.stat().st_size
        self._process = Fork(module, arguments, environment, log, log)  # type: ignore[assignment]


@cache
def _server() -> ForkServerContext:
    context = get_context("forkserver")
    context.set_forkserver_preload(LOADED)
    return context


def _run(
    module: str,
    arguments: list[str],
    environment: dict[str, str],
    out: Path,
    err: Path,
    folder: Path,
) -> None:
    """In the new process."""
    os.setsid()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for path, number in ((os.devnull, 0), (out, 1), (err, 2)):
        opened = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")  # noqa: SIM115
    sys.argv[1:] = arguments
    sys.modules.pop(module, None)  # of a module that is loaded already, runpy warns
    runpy.run_module(module, run_name="__main__", alter_sys=True)
