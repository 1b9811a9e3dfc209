"""The broker dies or stands still: workers wait or start anew, and nothing is lost."""

from __future__ import annotations

from tests.faults.trial import SESSION_S, Trial


def test_killed_and_started_again_then_frozen(trial: Trial) -> None:
    trial.pump.produce(500)
    trial.crew.start(2)
    trial.pump.start()
    trial.until_committed(500)
    trial.kill_broker()
    trial.start_broker()
    trial.until_committed(100)
    trial.proof.nothing_is_committed_ahead()
    trial.freeze_broker(2 * SESSION_S)
    trial.until_committed(100)
    trial.conclude()
