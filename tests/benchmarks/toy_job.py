"""A worker on app.faust_batch with next to nothing to do: what the engine itself costs.

python toy_job.py --bootstrap HOST:PORT --prefix PREFIX --job noop|fold
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Iterable

import msgspec
from faust.types.tuples import TP

from app.faust_batch.app import App
from app.faust_batch.batch import Batch
from app.faust_batch.observer import Observer
from app.faust_batch.runner import run
from app.kafka.groups import worker_group
from app.kafka.topics import Topics


class Body(msgspec.Struct):
    """As much of any webhook as there is in it."""

    event: str | None = None
    timestamp: str | int | None = None


class Row(msgspec.Struct):
    """A count by key, and the offset it goes to."""

    offset: int = -1
    count: int = 0
    size: int = 0


class Fold:
    def __init__(self, app: App, topics: Topics) -> None:
        self._table = app.table("rows", topics.state_conversations)
        self._events = topics.events("varda")
        self._body = msgspec.json.Decoder(Body).decode
        self._dumps = msgspec.msgpack.Encoder().encode
        self._loads = msgspec.msgpack.Decoder(Row).decode

    async def __call__(self, batch: Batch) -> None:
        rows, touched, events = self._table.rows(batch.partition), {}, []
        for record in batch.records:
            key, value = record.key or b"", record.value or b""
            try:
                self._body(value)
            except (msgspec.DecodeError, UnicodeDecodeError):
                continue
            stored = rows.get(key)
            row = self._loads(stored) if isinstance(stored, bytes) else stored or Row()
            if record.offset > row.offset:
                row.offset, row.count, row.size = record.offset, row.count + 1, len(value)
                rows[key] = touched[key] = row
            events.append((key, value, list(record.headers[:3]), record.timestamp))
        await batch.send(self._events, events)
        await self._table.write(batch, [(key, self._dumps(row)) for key, row in touched.items()])


async def noop(_batch: Batch) -> None: ...


class Telling(Observer):
    def ready(self, sources: Iterable[TP], seconds: float) -> None:
        logging.info("ready with %d partitions", len(list(sources)))


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--bootstrap", required=True)
    options.add_argument("--prefix", required=True)
    options.add_argument("--job", choices=("noop", "fold"), required=True)
    chosen = options.parse_args()
    logging.basicConfig(level="INFO", stream=sys.stderr)
    topics = Topics(chosen.prefix)

    def make_app() -> App:
        app = App(worker_group(topics), chosen.bootstrap, observer=Telling())
        app.process(topics.raw, noop if chosen.job == "noop" else Fold(app, topics))
        return app

    return run(make_app)


if __name__ == "__main__":
    sys.exit(main())
