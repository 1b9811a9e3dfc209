"""A scenario drawn from a seed: which fault when, and with what strength."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import NamedTuple

from tests.faults.trial import SESSION_S

MOST_WORKERS = 3
RATES = (100.0, 1_000.0)
SETTINGS = {"store": ("memory", "rocksdb"), "standbys": ("0", "1")}
"""Of the workers, and what each may be."""

WEIGHTS = {
    "kill": 5,
    "kill all": 1,
    "join": 4,
    "leave": 3,
    "nap": 3,  # a worker is frozen for less than its session
    "freeze": 3,  # and for longer: its partitions are another's when it wakes up
    "kill broker": 1,
    "freeze broker": 1,
    "refuse": 1,  # the broker refuses the events of a vendor for a while
}
"""Every fault there is, and how often it comes."""


class Step(NamedTuple):
    """`wait_s` after the one before; `strength` between 0 and 1: how long, which worker."""

    wait_s: float
    fault: str
    strength: float


class Plan(NamedTuple):
    backlog: int
    rate: float
    workers: int
    apart: bool  # each worker with a data folder of its own
    settings: dict[str, str]
    steps: list[Step]


def draw(seed: int, seconds: float, faults: Sequence[str] = tuple(WEIGHTS)) -> Plan:
    """A plan whose waits take about so many seconds; faults take their own time."""
    chance = Random(f"plan {seed}")
    weights = [WEIGHTS[fault] for fault in faults]
    steps: list[Step] = []
    while sum(step.wait_s for step in steps) < seconds:
        wait = min(chance.expovariate(1 / (1.5 * SESSION_S)), 4 * SESSION_S)
        (fault,) = chance.choices(faults, weights)
        steps.append(Step(wait, fault, chance.random()))
    backlog, rate = chance.choice((0, 500, 5_000)), chance.uniform(*RATES)
    workers, apart = chance.randint(1, MOST_WORKERS), chance.random() < 0.5
    settings = {name: chance.choice(values) for name, values in SETTINGS.items()}
    return Plan(backlog, rate, workers, apart, settings, steps)
