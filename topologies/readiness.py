"""Whether a worker projects, and what is wrong though it does."""

from __future__ import annotations

from typing import NamedTuple

from app.faust_batch.app import App

SILENT_AFTER = 0.5
"""Of a session: two heartbeats without an answer."""


class Readiness(NamedTuple):
    """`not_ready` is what is in the way, in sentences; `warnings` what is wrong though to start the
    worker anew would not help.
    """

    not_ready: list[str]
    warnings: list[str]


def readiness_of(app: App) -> Readiness:
    """A worker that does not hear from Kafka has done all that was there, and goes on once it does.
    While partitions are given out anew brokers may be silent without anything being wrong.
    """
    if not app.is_ready:
        return Readiness(["rows are being recovered, or no partition is owned yet"], [])
    silent = app.silence.seconds
    if silent < app.tuning.session_timeout * SILENT_AFTER:
        return Readiness([], [])
    return Readiness(
        [], [f"Kafka has not answered for {silent:.0f} s: webhooks wait until it does"]
    )
