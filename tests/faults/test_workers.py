"""Workers are killed, join and leave: rows are right, and nothing was committed too early."""

from __future__ import annotations

from tests.faults.crew import WAIT_S
from tests.faults.trial import Trial


def test_killed_three_times_without_transactions(plain_trial: Trial) -> None:
    """With them, a dozen times: see test_transactions."""
    trial = plain_trial
    trial.pump.produce(1_000)
    trial.crew.start()
    trial.pump.start()
    for _ in range(3):
        trial.until_committed(100)
        trial.crew.kill(trial.crew.workers[0])
        trial.crew.start()  # it needs longer to come up than it takes to look
        trial.proof.nothing_is_committed_ahead()
    trial.conclude()


def test_one_three_one(trial: Trial) -> None:
    trial.pump.produce(500)
    trial.crew.start()
    trial.pump.start()
    trial.until_committed(100)
    trial.crew.start(2)
    for worker in trial.crew.workers:
        worker.wait_until_ready(WAIT_S)
    trial.until_committed(100)
    first, second, _ = trial.crew.workers
    assert trial.crew.stop(first) == 0
    trial.proof.nothing_is_committed_ahead()
    trial.until_committed(100)
    trial.crew.kill(second)
    trial.proof.nothing_is_committed_ahead()
    trial.conclude()
    assert trial.crew.ended == []
