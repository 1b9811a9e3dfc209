"""Does to a whole chain what a plan says, step by step."""

from __future__ import annotations

import time
from collections.abc import Callable

from tests.faults.chain import ENDPOINTS, Chain
from tests.faults.chain_plan import ChainPlan, Step
from tests.faults.plan import MOST_WORKERS
from tests.integration.worker_process import WorkerProcess

POLL_S = 0.05
MOST_HOURS = 12


class ChainScenario:
    """`say` is given a line for each thing that happens."""

    def __init__(self, chain: Chain, plan: ChainPlan, say: Callable[[str], None]) -> None:
        self._chain, self._plan, self._say = chain, plan, say
        self._crew, self._endpoints = chain.crew, chain.endpoints
        self._sleeper: WorkerProcess | None = None

    def run(self, haste: float = 1.0) -> None:
        """Raises AssertionError where anything is not right."""
        for name, value in self._plan.settings.items():
            self._crew.settings[f"HOOKLINE_WORKER_{name.upper()}"] = value
        self._chain.start(workers=self._plan.workers, rate=self._plan.rate, haste=haste)
        for step in self._plan.steps:
            self._wait(step.wait_s)
            self._say(f"{'no longer: ' if step.ends else ''}{step.fault}")
            begin, end = DO[step.fault]
            (end if step.ends else begin)(self, step)
        self._say(f"all is over; heard so far: {dict(self._chain.witness.statuses)}")
        self._chain.conclude()

    def _wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while True:
            before = len(self._crew.ended)
            self._chain.tend()
            for code in self._crew.ended[before:]:
                self._say(f"a worker ended with {code}")
            left = until - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(left, POLL_S))

    def _kill_broker(self, step: Step) -> None:
        self._chain.kill_broker()

    def _start_broker(self, step: Step) -> None:
        self._chain.start_broker()

    def _freeze_broker(self, step: Step) -> None:
        self._chain.pause_broker()

    def _thaw_broker(self, step: Step) -> None:
        self._chain.resume_broker()

    def _fill_broker(self, step: Step) -> None:
        self._chain.brokers_disk.fill()

    def _free_broker(self, step: Step) -> None:
        """It ends by itself, sooner or later; then somebody makes room, and starts it again."""
        self._chain.brokers_disk.free()
        if self._chain.broker.child.exit_code() is None:
            self._chain.kill_broker()
        self._chain.start_broker()

    def _fill_spool(self, step: Step) -> None:
        self._chain.pause_broker()
        self._chain.spools_disk.fill()

    def _free_spool(self, step: Step) -> None:
        self._chain.spools_disk.free()
        self._chain.resume_broker()

    def _worsen_wire(self, step: Step) -> None:
        self._chain.wire.worsen(loss=0.3 * step.strength, delay_s=0.2 * step.strength)

    def _cut_wire(self, step: Step) -> None:
        self._chain.wire.cut()

    def _mend_wire(self, step: Step) -> None:
        self._chain.wire.mend()

    def _set_endpoints_clock(self, step: Step) -> None:
        self._chain.endpoints_clock.set(0 if step.ends else _hours(step))

    def _set_workers_clock(self, step: Step) -> None:
        self._chain.workers_clock.set(0 if step.ends else _hours(step))

    def _freeze_endpoint(self, step: Step) -> None:
        self._endpoints.freeze(_endpoint(step))

    def _thaw_endpoint(self, step: Step) -> None:
        self._endpoints.thaw(_endpoint(step))

    def _kill_endpoint(self, step: Step) -> None:
        self._endpoints.kill(_endpoint(step))

    def _stop_endpoint(self, step: Step) -> None:
        self._endpoints.stop(_endpoint(step))

    def _freeze_worker(self, step: Step) -> None:
        self._sleeper = self._worker(step)
        self._crew.freeze(self._sleeper)

    def _thaw_worker(self, step: Step) -> None:
        if self._sleeper in self._crew.workers:  # else it was killed
            self._crew.thaw(self._sleeper)

    def _kill_worker(self, step: Step) -> None:
        self._crew.kill(self._worker(step))
        self._crew.start()

    def _kill_workers(self, step: Step) -> None:
        count = len(self._crew.workers)
        for worker in list(self._crew.workers):
            self._crew.kill(worker)
        self._crew.start(count)

    def _join(self, step: Step) -> None:
        if len(self._crew.workers) < MOST_WORKERS:
            self._crew.start()

    def _worker(self, step: Step) -> WorkerProcess:
        self._crew.tend()  # one that has just ended cannot be killed
        return self._crew.workers[int(step.strength * len(self._crew.workers))]


def _endpoint(step: Step) -> int:
    return int(step.strength * ENDPOINTS)


def _hours(step: Step) -> float:
    """From twelve slow to twelve fast, at least one."""
    way = 2 * step.strength - 1
    return (MOST_HOURS - 1) * way + (1 if way > 0 else -1)


Do = Callable[[ChainScenario, Step], None]


def _once(do: Do) -> tuple[Do, Do]:
    return do, do


DO: dict[str, tuple[Do, Do]] = {
    "the broker is killed": (ChainScenario._kill_broker, ChainScenario._start_broker),
    "the broker is frozen": (ChainScenario._freeze_broker, ChainScenario._thaw_broker),
    "the broker's disk is full": (ChainScenario._fill_broker, ChainScenario._free_broker),
    "the spool's disk is full and the broker frozen": (
        ChainScenario._fill_spool,
        ChainScenario._free_spool,
    ),
    "packets are dropped and late": (ChainScenario._worsen_wire, ChainScenario._mend_wire),
    "the wire is cut": (ChainScenario._cut_wire, ChainScenario._mend_wire),
    "the endpoints' clock is wrong": _once(ChainScenario._set_endpoints_clock),
    "the workers' clock is wrong": _once(ChainScenario._set_workers_clock),
    "an endpoint is frozen": (ChainScenario._freeze_endpoint, ChainScenario._thaw_endpoint),
    "a worker is frozen": (ChainScenario._freeze_worker, ChainScenario._thaw_worker),
    "an endpoint is killed": _once(ChainScenario._kill_endpoint),
    "an endpoint is stopped": _once(ChainScenario._stop_endpoint),
    "a worker is killed": _once(ChainScenario._kill_worker),
    "all workers are killed": _once(ChainScenario._kill_workers),
    "a worker joins": _once(ChainScenario._join),
}
"""How each begins, and how it ends."""
