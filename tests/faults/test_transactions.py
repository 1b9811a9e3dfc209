"""A worker is killed in every phase of a transaction: what it had begun is there whole, or not at
all, and exactly once.
"""

from __future__ import annotations

from tests.faults.trial import Trial

ROUNDS = (
    ("InitProducerIdRequest 1", "AddPartitionsToTxnRequest 2"),
    ("ProduceRequest 3", "AddOffsetsToTxnRequest 4"),
    ("TxnOffsetCommitRequest 3", "EndTxnRequest 2"),
)
"""Of each kind of request, the so manieth."""


def test_killed_before_and_after_each_request(trial: Trial) -> None:
    trial.pump.produce(500)
    trial.pump.start()
    for requests in ROUNDS:
        kinds = [(request.split(), when) for request in requests for when in ("before", "after")]
        dying = [trial.crew.start_dying(f"{kind} {when} {n}") for (kind, n), when in kinds]
        for worker in dying:
            trial.crew.until_killed(worker)
        trial.proof.nothing_is_committed_ahead()
    trial.crew.start()
    trial.conclude()
    assert trial.crew.ended == []
