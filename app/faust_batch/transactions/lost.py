"""When a partition turns out to be another worker's."""

from __future__ import annotations

OURS_NO_MORE = {
    22: "the group goes on without this worker (ILLEGAL_GENERATION)",
    25: "the group goes on without this worker (UNKNOWN_MEMBER_ID)",
    47: "another worker has taken it over (INVALID_PRODUCER_EPOCH)",
    48: "the broker ended its transaction, which took too long (INVALID_TXN_STATE)",
    49: "the broker forgot it, unused for long (INVALID_PRODUCER_ID_MAPPING)",
    82: "the group goes on without this worker (FENCED_INSTANCE_ID)",
    90: "another worker has taken it over (PRODUCER_FENCED)",
}
"""Error codes of Kafka's protocol."""


class Lost(Exception):
    """Nothing of a transaction is or will be committed: its partition is not ours any more."""

    def __init__(self, transactional_id: str, code: int) -> None:
        super().__init__(f"{transactional_id}: {OURS_NO_MORE[code]}")
