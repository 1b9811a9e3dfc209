"""A worker that is frozen until its partitions are another's, and wakes up in the midst of work."""

from __future__ import annotations

import time
from random import Random

from tests.faults.crew import WAIT_S
from tests.faults.trial import SESSION_S, Trial


def test_a_frozen_worker_wakes_up_when_its_partitions_have_moved(trial: Trial) -> None:
    chance = Random(trial.seed)
    trial.pump.produce(500)
    sleeper = trial.crew.start()
    sleeper.wait_until_ready(WAIT_S)
    other = trial.crew.start()
    trial.pump.start()
    for _ in range(2):
        trial.until_committed(100)
        time.sleep(chance.uniform(0, 0.5))
        trial.crew.freeze(sleeper)
        time.sleep(SESSION_S)
        trial.until_committed(500)
        trial.crew.thaw(sleeper)
        trial.until_committed(100)
        trial.proof.nothing_is_committed_ahead()
        sleeper, other = other, sleeper
    trial.conclude()
