"""How large, how often, how long: what a worker's throughput, latency and memory hang on."""

from __future__ import annotations

from typing import NamedTuple

MIB = 1024 * 1024


class Tuning(NamedTuple):
    """Sizes in bytes, times in seconds.

    `fetch_bytes` is what is asked of a partition at a time, as it lies on the broker, compressed;
    `batch_records` is about what a batch has at most. `queued_batches` of them wait for the agent,
    so these two bound the memory that a worker needs beside its rows. Where few records come, they
    are taken every `fetch_interval` seconds. `send_bytes` bounds a record batch of outputs; it must
    be below the max.message.bytes of every topic that is written, for that is a limit on record
    batches, whatever its name. A worker that says nothing for `session_timeout` loses its
    partitions; a record batch that the broker does not take within `delivery_timeout` ends the
    process.

    With `transactions` a batch's outputs and its offset are seen together, exactly once, and a
    worker that was replaced can write nothing. A partition's transactions begin no sooner than
    `transaction_interval` after another, and have about `transaction_bytes` at most. One that
    takes longer than `transaction_timeout` is ended by the broker.
    """

    fetch_bytes: int = 2 * MIB
    batch_records: int = 7_000
    fetch_interval: float = 0.01
    send_bytes: int = 900_000
    queued_batches: int = 1
    commit_interval: float = 1.0
    session_timeout: float = 10.0
    delivery_timeout: float = 120.0
    transactions: bool = True
    transaction_interval: float = 0.04
    transaction_bytes: int = 8 * MIB
    transaction_timeout: float = 60.0


DEFAULT_TUNING = Tuning()
