"""The workers of a trial: started, killed, frozen, stopped, and started again when they end by
themselves, as a supervisor does.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from app.faust_batch.app import EXIT_FAILED
from tests.faults import dying_worker
from tests.integration.worker_process import WORKER, WorkerProcess

EXIT_REFUSED = 2
WAIT_S = 120
POLL_S = 0.2  # each look takes Kafka some milliseconds


class Crew:
    """`settings` of the workers by their variables. With `apart`, each is on a machine of its own,
    where the next worker finds what the last one left; else all are on one. `module` is what each
    runs. `ended` are the exit codes of workers that ended by themselves.
    """

    apart = False
    module = WORKER

    def __init__(
        self, folder: Path, bootstrap: str, prefix: str, partitions: int, session_s: float
    ) -> None:
        self.workers: list[WorkerProcess] = []
        self.session_s = session_s
        self.settings: dict[str, str] = {}
        self.ended: list[int] = []
        self._machines: dict[WorkerProcess, int] = {}
        self._given = (folder, bootstrap, prefix, partitions)
        self._started = 0

    def start(self, count: int = 1) -> WorkerProcess:
        """More workers; the last of them."""
        for _ in range(count):
            self._start(self.module, {})
        return self.workers[-1]

    def start_dying(self, at: str) -> WorkerProcess:
        """A worker that kills itself at a request: see `dying_worker`."""
        return self._start(dying_worker.__name__, {dying_worker.VARIABLE: at})

    def _start(self, module: str, env: dict[str, str]) -> WorkerProcess:
        self._started += 1
        name, machine = f"worker{self._started}", self._free_machine()
        env = self._environment(machine) | env
        worker = WorkerProcess(*self._given, name, env=env, module=module)
        self.workers.append(worker)
        self._machines[worker] = machine
        return worker

    def until_killed(self, worker: WorkerProcess) -> None:
        """Until it has killed itself."""
        code = worker.exit_code(WAIT_S)
        self.workers.remove(worker)
        assert code == -signal.SIGKILL, worker.said()

    def _free_machine(self) -> int:
        taken = {self._machines[worker] for worker in self.workers}
        return min(set(range(len(taken) + 1)) - taken)

    def _environment(self, machine: int) -> dict[str, str]:
        env = {"HOOKLINE_WORKER_SESSION_TIMEOUT_S": str(self.session_s), **self.settings}
        if self.apart:
            folder, *_ = self._given
            env["HOOKLINE_DATA_DIR"] = str(folder / f"machine{machine}")
        return env

    def kill(self, worker: WorkerProcess) -> None:
        self.workers.remove(worker)
        worker.child.kill()
        code = worker.exit_code()
        assert code == -signal.SIGKILL or _may_end(worker, code), worker.said()

    def stop(self, worker: WorkerProcess) -> int | None:
        self.workers.remove(worker)
        return worker.stop()

    def stop_all(self) -> None:
        """At once, each in order."""
        stopping, self.workers = self.workers, []
        for worker in stopping:
            worker.child.ask_to_stop()
        for worker in stopping:
            assert worker.exit_code() == 0, worker.said()

    def freeze(self, worker: WorkerProcess) -> None:
        os.killpg(worker.child.pid, signal.SIGSTOP)

    def thaw(self, worker: WorkerProcess) -> None:
        os.killpg(worker.child.pid, signal.SIGCONT)

    def tend(self) -> None:
        """Start anew who ended for a reason that a new start may mend, and nobody else."""
        for worker in list(self.workers):
            code = worker.child.exit_code()
            if code is None:
                continue
            assert _may_end(worker, code), f"exit code {code}\n{worker.said()}"
            self.ended.append(code)
            self.workers.remove(worker)
            self.start()

    def until(self, holds: Callable[[], bool], seconds: float = WAIT_S, tend: bool = True) -> None:
        deadline = time.monotonic() + seconds
        while not holds():
            if tend:
                self.tend()
            assert time.monotonic() < deadline, self.said()
            time.sleep(POLL_S)

    def said(self) -> str:
        """Of their logs, what is not about records."""
        return "\n".join(
            f"== {worker.child.name}\n"
            + "\n".join(line for line in worker.said().splitlines() if "dead letters" not in line)
            for worker in self.workers
        )

    def end(self) -> None:
        for worker in self.workers:
            worker.child.kill()


def _may_end(worker: WorkerProcess, code: int | None) -> bool:
    """By itself, for a reason that a new start may mend."""
    refused = code == EXIT_REFUSED and "No Kafka answers" in worker.said()
    return refused or code == EXIT_FAILED
