"""A worker on app.faust_batch that has nothing to do with webhooks: counts and sums by key.

    python toy_worker.py BOOTSTRAP PREFIX [--pause SECONDS] [--session SECONDS] [--die PHASE]
                         [--take-over SECONDS] [--without-transactions]

Each record's value is a number. The row of its key is "<offset> <count> <sum>"; each record is
also sent on as an event that names its place in the source.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
from collections.abc import Iterable
from typing import Any

from faust.types.tuples import TP

from app.faust_batch.app import App
from app.faust_batch.batch import Batch, Outgoing
from app.faust_batch.observer import Observer
from app.faust_batch.runner import run
from app.faust_batch.transactions.partition_producer import PartitionProducer
from app.faust_batch.tuning import Tuning
from tests.integration.dying import PHASES, die_in

NEW = b"-1 0 0"


class Counted:
    """A row of the toy."""

    def __init__(self, encoded: bytes) -> None:
        self.offset, self.count, self.sum = map(int, encoded.split())

    def take(self, offset: int, amount: int) -> bool:
        """False for a record that was taken before."""
        if offset <= self.offset:
            return False
        self.offset, self.count, self.sum = offset, self.count + 1, self.sum + amount
        return True

    def encode(self) -> bytes:
        return b"%d %d %d" % (self.offset, self.count, self.sum)


def newest_of(old: bytes, new: bytes) -> bytes:
    return old if Counted(old).offset > Counted(new).offset else new


class Toy:
    def __init__(self, app: App, prefix: str, pause: float) -> None:
        self._table = app.table("rows", f"{prefix}rows", newest_of=newest_of)
        self._events, self._pause = f"{prefix}events", pause
        app.process(f"{prefix}raw", self.count)

    async def count(self, batch: Batch) -> None:
        logging.info("a batch is begun")
        rows = self._table.rows(batch.partition)
        touched: dict[bytes, Counted] = {}
        for record in batch.records:
            key = record.key or b""
            row = touched.get(key) or Counted(rows.get(key, NEW))
            if row.take(record.offset, int(record.value or b"")):
                touched[key] = row
        changes = [(key, row.encode()) for key, row in touched.items()]
        rows.update(changes)
        await asyncio.sleep(self._pause)
        await batch.send(self._events, self._outgoing(batch))
        await self._table.write(batch, changes)

    def _outgoing(self, batch: Batch) -> Iterable[Outgoing]:
        for record in batch.records:
            place = b"%d:%d" % (batch.partition, record.offset)
            yield record.key, record.value, [("raw", place)], record.timestamp


class Telling(Observer):
    def ready(self, sources: Iterable[TP], seconds: float) -> None:
        logging.info("ready with %s", sorted(tp.partition for tp in sources))


def delay_take_over(seconds: float) -> None:
    producer: Any = PartitionProducer
    initialise = producer._initialise

    async def late(self: Any) -> None:
        await asyncio.sleep(seconds)
        await initialise(self)

    producer._initialise = late


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("bootstrap")
    options.add_argument("prefix")
    options.add_argument("--pause", type=float, default=0.0)
    options.add_argument("--session", type=float, default=1.5)
    options.add_argument("--die", choices=PHASES)
    options.add_argument("--take-over", type=float, default=0.0, help="how long it takes")
    options.add_argument("--without-transactions", action="store_true")
    chosen = options.parse_args()
    logging.basicConfig(level="INFO", stream=sys.stderr)

    if chosen.die is not None:
        die_in(chosen.die)
    if chosen.take_over:
        delay_take_over(chosen.take_over)

    def make_app() -> App:
        tuning = Tuning(
            fetch_bytes=16_384,
            commit_interval=0.1,
            session_timeout=chosen.session,
            transactions=not chosen.without_transactions,
        )
        app = App(f"{chosen.prefix}group", chosen.bootstrap, observer=Telling(), tuning=tuning)
        Toy(app, chosen.prefix, chosen.pause)
        return app

    return run(make_app)


if __name__ == "__main__":
    sys.exit(main())
