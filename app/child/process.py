"""One child process: started, watched, stopped, its output in a bounded log file."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from app.child import tether

LOG_LIMIT = 8 * 1024 * 1024
_POLL_S = 0.02


class Child:
    """A process that dies with this one (see `tether`), in a process group of its own: a Ctrl-C
    in the terminal reaches this process alone, which then stops its children in order.

    Standard output and error are appended to `log`. Start it from a thread that outlives it.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        log: Path,
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> None:
        self.name = name
        self.log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        self._log_start = log.stat().st_size if log.exists() else 0
        launcher = [sys.executable, "-I", "-S", tether.__file__, str(os.getpid())]
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [*launcher, *command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=None if env is None else dict(env),
                cwd=cwd,
                process_group=0,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    def exit_code(self) -> int | None:
        """None while it runs; negative where a signal ended it."""
        return self._process.poll()

    def wait(self, seconds: float) -> bool:
        """Whether it ended within that time."""
        deadline = time.monotonic() + seconds
        while self._process.poll() is None:
            if time.monotonic() >= deadline:
                return False
            time.sleep(_POLL_S)
        return True

    def ask_to_stop(self) -> None:
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        self._signal(signal.SIGKILL)

    def stop(self, grace: float) -> bool:
        """Ask it to stop, kill it after `grace` seconds. Whether it stopped by itself."""
        self.ask_to_stop()
        if self.wait(grace):
            return True
        self.kill()
        self._process.wait()
        return False

    def _signal(self, number: signal.Signals) -> None:
        if self._process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)

    def last_lines(self, count: int = 15) -> list[str]:
        """The end of what it has written since it was started; nothing if its log is gone."""
        if not self.log.exists():
            return []
        with self.log.open("rb") as file:
            end = file.seek(0, os.SEEK_END)
            start = self._log_start if self._log_start <= end else 0
            file.seek(max(start, end - 64 * 1024))
            return file.read().decode(errors="replace").splitlines()[-count:]

    def bound_log(self, limit: int = LOG_LIMIT) -> None:
        """Move the log to `<name>.1` once it is larger than `limit` bytes.

        The child keeps its file open, for appending, so the file is copied and then cut.
        """
        if not self.log.exists() or self.log.stat().st_size <= limit:
            return  # a log that someone removed is no reason to stop what wrote it
        with suppress(OSError):  # a full disk: then the old lines are lost, and room is made
            shutil.copyfile(self.log, self.log.with_name(self.log.name + ".1"))
        os.truncate(self.log, 0)
        self._log_start = 0
