"""Quix Streams as its documentation shows it: a stateful function on a dataframe. The row is in its
state, whose changelog topic is what readers would read.
"""

from __future__ import annotations

from typing import Any

from quixstreams import Application, message_context  # pyright: ignore[reportMissingImports]

from tests.benchmarks.light.command import COMMIT_S, Told, told
from tests.benchmarks.light.job import Job

ROW = "row"


def run(told: Told) -> None:
    job = Job()
    app = Application(
        broker_address=told.bootstrap,
        consumer_group=told.group,
        auto_offset_reset="earliest",
        commit_interval=COMMIT_S,
        commit_every=0,
        state_dir=told.folder,
        loglevel="WARNING",
        producer_extra_config={"acks": "all"},
    )
    raw = app.topic(told.raw, key_deserializer="bytes", value_deserializer="bytes")
    events = app.topic(told.events, key_serializer="bytes", value_serializer="bytes")

    def project(value: bytes, key: Any, timestamp: int, headers: Any, state: Any) -> bytes | None:
        stored = state.get_bytes(ROW)
        row = None if stored is None else job.loads(stored)
        taken = job.take(row, headers, value, message_context().offset)
        if taken is None:
            return None
        state.set_bytes(ROW, job.dumps(taken.row))
        return taken.event

    rows = app.dataframe(raw).apply(project, stateful=True, metadata=True)
    rows.filter(lambda event: event is not None).to_topic(events)
    app.run()


if __name__ == "__main__":
    run(told())
