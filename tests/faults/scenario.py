"""Does to a trial what a plan says, step by step."""

from __future__ import annotations

import time
from collections.abc import Callable

from app.core.vendors import VENDORS
from tests.faults.plan import MOST_WORKERS, Plan, Step
from tests.faults.trial import SESSION_S, Trial
from tests.integration.worker_process import WorkerProcess


class Scenario:
    """`say` is given a line for each thing that happens."""

    def __init__(self, trial: Trial, plan: Plan, say: Callable[[str], None]) -> None:
        self._trial, self._plan, self._say = trial, plan, say
        self._crew = trial.crew

    def run(self) -> None:
        """Raises AssertionError where anything is not right."""
        self._crew.apart = self._plan.apart
        for name, value in self._plan.settings.items():
            self._crew.settings[f"HOOKLINE_WORKER_{name.upper()}"] = value
        self._trial.pump.rate = self._plan.rate
        self._trial.pump.produce(self._plan.backlog)
        self._crew.start(self._plan.workers)
        self._trial.pump.start()
        for step in self._plan.steps:
            self._wait(step.wait_s)
            self._say(f"{step.fault} ({len(self._crew.workers)} workers)")
            DO[step.fault](self, step)
        self._trial.conclude()

    def _wait(self, seconds: float) -> None:
        """Whoever ends meanwhile is started anew."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            before = len(self._crew.ended)
            self._crew.tend()
            for code in self._crew.ended[before:]:
                self._say(f"a worker ended with {code}")
            time.sleep(0.05)

    def _one(self, step: Step) -> WorkerProcess:
        workers = self._crew.workers
        return workers[int(step.strength * len(workers))]

    def _kill(self, step: Step) -> None:
        self._crew.kill(self._one(step))
        if not self._crew.workers:
            self._crew.start()
        self._check()

    def _kill_all(self, step: Step) -> None:
        for worker in list(self._crew.workers):
            self._crew.kill(worker)
        self._check()
        self._crew.start(self._plan.workers)

    def _join(self, step: Step) -> None:
        if len(self._crew.workers) < MOST_WORKERS:
            self._crew.start()

    def _leave(self, step: Step) -> None:
        if len(self._crew.workers) > 1:
            code = self._crew.stop(self._one(step))
            self._say(f"left with {code}")
            self._check()

    def _nap(self, step: Step) -> None:
        self._sleep(step, 0.8 * SESSION_S * step.strength)

    def _freeze(self, step: Step) -> None:
        if len(self._crew.workers) == 1:
            self._crew.start()
            self._crew.workers[-1].wait_until_ready(60)
        self._sleep(step, SESSION_S * (2 + 2 * step.strength))
        self._wait(SESSION_S)
        self._check()

    def _sleep(self, step: Step, seconds: float) -> None:
        worker = self._one(step)
        if worker.child.exit_code() is None:
            self._crew.freeze(worker)
            try:
                self._wait(seconds)
            finally:
                self._crew.thaw(worker)

    def _kill_broker(self, step: Step) -> None:
        self._trial.kill_broker()
        self._wait(3 * step.strength)
        self._trial.start_broker()

    def _freeze_broker(self, step: Step) -> None:
        self._trial.freeze_broker(3 * SESSION_S * step.strength)

    def _refuse(self, step: Step) -> None:
        topic = self._trial.topics.events(VENDORS[int(step.strength * len(VENDORS))].name)
        self._trial.limit(topic, max_message_bytes=300)
        self._wait(2 * SESSION_S)
        self._trial.limit(topic)
        self._check()

    def _check(self) -> None:
        count = self._trial.proof.nothing_is_committed_ahead()
        self._say(f"nothing is committed ahead; {count} records are committed")


DO: dict[str, Callable[[Scenario, Step], None]] = {
    "kill": Scenario._kill,
    "kill all": Scenario._kill_all,
    "join": Scenario._join,
    "leave": Scenario._leave,
    "nap": Scenario._nap,
    "freeze": Scenario._freeze,
    "kill broker": Scenario._kill_broker,
    "freeze broker": Scenario._freeze_broker,
    "refuse": Scenario._refuse,
}
