"""Faust as its documentation shows it: an agent, a table, a topic to send to."""

from __future__ import annotations

import sys
from typing import Any

import faust
from faust.serializers import codecs

from tests.benchmarks.light.command import COMMIT_S, Told, told
from tests.benchmarks.light.job import Job


class Rows(codecs.Codec):
    """Rows on the changelog are Avro; in memory they are dictionaries."""

    def __init__(self, job: Job, **kwargs: Any) -> None:
        self._job = job
        super().__init__(**kwargs)

    def _dumps(self, s: Any) -> bytes:
        return self._job.dumps(s)

    def _loads(self, s: bytes) -> Any:
        return self._job.loads(s)


def app_of(told: Told) -> faust.App:
    job = Job()
    codecs.register("light-row", Rows(job))
    app = faust.App(
        told.group,
        broker=f"kafka://{told.bootstrap}",
        store="memory://",
        datadir=told.folder,
        broker_commit_interval=COMMIT_S,
        consumer_auto_offset_reset="earliest",
        topic_partitions=told.partitions,
        topic_replication_factor=1,
        topic_disable_leader=True,
        web_enabled=False,
    )
    raw = app.topic(told.raw, key_type=bytes, value_type=bytes, value_serializer="raw")
    events = app.topic(told.events, key_type=bytes, value_type=bytes, value_serializer="raw")
    rows: Any = app.Table("rows", key_type=bytes, partitions=told.partitions)
    rows.value_serializer = "light-row"

    @app.agent(raw)
    async def project(stream: Any) -> None:
        async for event in stream.events():
            taken = job.take(
                rows.get(event.key), event.headers.items(), event.value, event.message.offset
            )
            if taken is None:
                continue
            rows[event.key] = taken.row
            if taken.event is not None:
                await events.send(key=event.key, value=taken.event)

    return app


if __name__ == "__main__":
    made = app_of(told())
    sys.argv[1:] = ["worker", "--loglevel", "warn", "--without-web"]
    made.main()
