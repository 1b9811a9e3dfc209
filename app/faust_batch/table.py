"""A table whose changelog is a topic of its own name, written once a touched key a batch.

In an agent: `rows = table.rows(batch.partition)`, read and change rows, then once
`await table.write(batch, changes)` with the key and the encoded row of each that was touched.

Overrides of faust/tables/base.py `Collection` and table.py `Table`:

`_changelog_topic_name`   The topic is given, not derived from the app's id: others read it too.
`_new_store`              Ours (see `store`).
`on_key_set` and others   Stock sends one message a change, and none for a value changed in place.
`recovery_buffer_size`    Unused (see `recovery`); 1 makes Faust keep reading its own changelog
                          (`Recovery._restart_recovery`).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Iterable
from functools import partial
from typing import Any, cast

import faust
from faust.types.tuples import TP

from app.faust_batch.batch import Batch, Delivery, Outgoing
from app.faust_batch.logs import FAUST
from app.faust_batch.newest import Newest, NewestOf
from app.faust_batch.rows import Change, Held, NewRows, Rows, memory_rows
from app.faust_batch.store import Store

NOT_ONE = 4

say = logging.getLogger(__name__)


class Table(faust.Table):
    app: Any  # our App: naming it here would be a circle
    logger = FAUST

    def __init__(
        self,
        app: Any,
        *,
        topic: str,
        new_rows: NewRows = memory_rows,
        newest_of: NewestOf | None = None,
        **kwargs: Any,
    ) -> None:
        """`newest_of` tells which of two rows of a key is newer. It is asked where there are no
        transactions."""
        self._topic = topic
        self._new_rows = new_rows
        self._newest: Newest | None = None
        if newest_of is not None and not app.tuning.transactions:
            self._newest = Newest(newest_of)
        super().__init__(app, recovery_buffer_size=NOT_ONE, **kwargs)

    def _changelog_topic_name(self) -> str:
        return self._topic

    def _new_store(self) -> Store:
        return Store("memory://", self.app, self, new_rows=self._new_rows, table_name=self.name)

    def rows(self, partition: int) -> Rows:
        """The rows of a partition that this worker owns."""
        return cast(Store, self.data).rows(partition)

    async def write(self, batch: Batch, changes: Collection[Change]) -> list[Delivery]:
        """One changelog record for each change."""
        if not changes:
            return []
        rows = self.rows(batch.partition)
        held = rows.hold(changes)
        deliveries = await batch.send(self._topic, _outgoing(changes))
        self._include_when_done(rows, held, deliveries, batch.outbox.atomic)
        self.app.observer.written(self.name, batch.tp, len(changes))
        return deliveries

    def _include_when_done(
        self, rows: Rows, held: Held, deliveries: Iterable[Delivery], alone: bool
    ) -> None:
        sent = 0
        for future, count in deliveries:
            part = held[sent : sent + count]
            future.add_done_callback(partial(self._include, rows, part, count, alone))
            sent += count

    def _include(
        self, rows: Rows, held: Held, count: int, alone: bool, future: asyncio.Future[Any]
    ) -> None:
        """Rows include what they were written as. Their offset stays where it is if another worker
        wrote in between: what it wrote is still to be read, by the next recovery, and then all of
        this again. `alone`: nobody can have; a gap is a marker's. (A write that failed ends the
        process, one that is cancelled never was.)"""
        if future.cancelled() or future.exception() is not None:
            return
        first = future.result().offset
        goes_on = first > rows.offset if alone else first == rows.offset + 1
        try:
            rows.include(held, first + count - 1 if goes_on else rows.offset)
        except Exception as error:  # noqa: BLE001
            self.app.fail(error, f"rows of {self.name} could not be kept")

    def drop(self, partition: int) -> None:
        """Rows of this partition may have changes that will never be in the changelog: let go of
        them. Recovery begins with what outlives a process."""
        cast(Store, self.data).drop(partition)
        if self._newest is not None:
            self._newest.forget(partition)

    def restore(self, run: Batch) -> None:
        """Take a run of the changelog. A failure ends the process."""
        rows, records = self.rows(run.partition), run.records
        try:
            if self._newest is not None:
                records = self._newest.take(run.partition, rows, records)
            rows.restore(records, run.next_offset - 1)
        except Exception as error:  # noqa: BLE001
            self.app.fail(error, f"{run.tp} could not be recovered")

    def offset_within(self, tp: TP, start: int, end: int) -> int:
        """The offset that the rows include of a changelog that reaches from `start` up to, but not
        including, `end`. Rows that it does not continue are forgotten: something of it that they
        have not seen is gone, or they saw another."""
        rows = self.rows(tp.partition)
        if rows.offset >= 0 and not start - 1 <= rows.offset < end:
            say.warning(
                "the rows of %s are read from the changelog again: they include it up to %d, and"
                " it reaches from %d to %d",
                *(tp, rows.offset, start, end - 1),
            )
            rows.forget()
        return rows.offset

    async def on_recovery_completed(self, active_tps: set[TP], standby_tps: set[TP]) -> None:
        await super().on_recovery_completed(active_tps, standby_tps)
        partitions = sorted(tp.partition for tp in active_tps)
        try:
            for partition in partitions:
                await self._write_overwritten(partition)
        except Exception as error:  # noqa: BLE001
            self.app.fail(error, f"rows of {self.name} could not be written again")
        count = sum(self.rows(partition).about() for partition in partitions)
        self.app.observer.recovered(self.name, partitions, count)

    async def _write_overwritten(self, partition: int) -> None:
        keys = set[bytes]() if self._newest is None else self._newest.overwritten(partition)
        if not keys:
            return
        say.warning(
            "%d rows of %s %d were overwritten by a worker that was replaced: they are written"
            " again",
            *(len(keys), self._topic, partition),
        )
        rows = self.rows(partition)
        changes: list[Change] = [(key, rows[key]) for key in sorted(keys)]
        held = rows.hold(changes)
        await self.app.producer.maybe_start()
        deliveries = await self.app.producer.send_rows(self._topic, partition, _outgoing(changes))
        self._include_when_done(rows, held, deliveries, alone=False)
        await asyncio.gather(*(delivery.future for delivery in deliveries))

    def on_key_set(self, key: Any, value: Any) -> None:
        raise TypeError("put rows into Table.rows(partition), then call Table.write")

    def on_key_del(self, key: Any) -> None:
        raise TypeError("delete rows from Table.rows(partition), then call Table.write")

    def on_clear(self) -> None:
        raise TypeError("a table is emptied by tombstones")


def _outgoing(changes: Iterable[Change]) -> Iterable[Outgoing]:
    return ((key, value, [], None) for key, value in changes)
