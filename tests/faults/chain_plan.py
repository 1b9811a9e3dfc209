"""What happens to a whole chain, drawn from a seed: conditions that begin and end, one at a time on
each track while those of other tracks go on, and strikes in between.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from typing import NamedTuple

from tests.faults.plan import MOST_WORKERS, SETTINGS

RATES = (50.0, 250.0)  # webhooks a second
GAP_S = (2.0, 6.0)  # between two conditions of a track
HASTY_GAP_S = (1.0, 3.0)
STRIKES_APART_S = 2.0


class Condition(NamedTuple):
    track: str
    least_s: float
    most_s: float


CONDITIONS = {
    "the broker is killed": Condition("broker", 1, 3),
    "the broker is frozen": Condition("broker", 5, 7),  # longer than every budget
    "the broker's disk is full": Condition("broker", 2, 4),
    "the spool's disk is full and the broker frozen": Condition("broker", 5, 7),
    "packets are dropped and late": Condition("wire", 4, 7),
    "the wire is cut": Condition("wire", 3, 5),
    "the endpoints' clock is wrong": Condition("clocks", 3, 5),
    "the workers' clock is wrong": Condition("clocks", 3, 5),
    "an endpoint is frozen": Condition("processes", 2, 5),
    "a worker is frozen": Condition("processes", 1, 5),
}

STRIKES = {
    "an endpoint is killed": 4,
    "an endpoint is stopped": 1,
    "a worker is killed": 3,
    "all workers are killed": 1,
    "a worker joins": 1,
}
"""And how often each comes."""

FAULTS = (*CONDITIONS, *STRIKES)


class Step(NamedTuple):
    """`wait_s` after the one before. `ends` where a condition does; `strength` between 0 and 1, the
    same at its beginning and its end: how bad, which process.
    """

    wait_s: float
    fault: str
    strength: float
    ends: bool = False


class ChainPlan(NamedTuple):
    rate: float
    workers: int
    settings: dict[str, str]
    steps: list[Step]


class _At(NamedTuple):
    at_s: float
    fault: str
    strength: float
    ends: bool


def draw_chain(
    seed: int, seconds: float, faults: Sequence[str] = FAULTS, gap: tuple[float, float] = GAP_S
) -> ChainPlan:
    """Conditions and strikes that begin within so many seconds; all of a track come before one
    comes again.
    """
    conditions = [name for name in faults if name in CONDITIONS]
    drawn: list[_At] = []
    for track in sorted({CONDITIONS[name].track for name in conditions}):
        names = [name for name in conditions if CONDITIONS[name].track == track]
        drawn += _conditions(names, seconds, gap, Random(f"chain {seed} {track}"))
    strikes = [name for name in faults for _ in range(STRIKES.get(name, 0))]
    drawn += _strikes(strikes, seconds, Random(f"chain {seed} strikes"))
    chance = Random(f"chain {seed} flow")
    return ChainPlan(
        rate=chance.uniform(*RATES),
        workers=chance.randint(1, MOST_WORKERS),
        settings={name: chance.choice(values) for name, values in SETTINGS.items()},
        steps=_steps(sorted(drawn)),
    )


def _steps(drawn: Sequence[_At]) -> list[Step]:
    steps: list[Step] = []
    before = 0.0
    for at, fault, strength, ends in drawn:
        steps.append(Step(at - before, fault, strength, ends))
        before = at
    return steps


def _conditions(
    names: Sequence[str], seconds: float, gap: tuple[float, float], chance: Random
) -> Iterator[_At]:
    at = 0.0
    for name in _rounds(names, chance):
        at += chance.uniform(*gap)
        if at > seconds:
            return
        strength = chance.random()
        yield _At(at, name, strength, ends=False)
        _, least, most = CONDITIONS[name]
        at += chance.uniform(least, most)
        yield _At(at, name, strength, ends=True)


def _strikes(names: Sequence[str], seconds: float, chance: Random) -> Iterator[_At]:
    at = 0.0
    for name in _rounds(names, chance):
        at += chance.expovariate(1 / STRIKES_APART_S)
        if at > seconds:
            return
        yield _At(at, name, chance.random(), ends=False)


def _rounds(names: Sequence[str], chance: Random) -> Iterator[str]:
    """All of them in some order, then all of them in another, for ever."""
    while names:
        yield from chance.sample(names, len(names))
