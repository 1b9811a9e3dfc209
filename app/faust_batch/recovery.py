"""Faust's recovery, which gives runs of changelogs to their tables at once.

Overrides of faust/tables/recovery.py `Recovery`:

`_slurp_changelogs`  Stock takes changelogs from a queue that `flow_control.resume()` clears. It is
                     called twice after standbys began to read, so that what they had read by then
                     is lost for good; and it gives records of a partition that is neither active
                     nor standby to whichever table came last. Here the consumer hands over each
                     run as it comes (`restore`), which is several times faster as well.
`_build_offsets`     Stock takes rows that are older than the changelog's beginning for as good as
                     any, and ends the worker, at every start, where they are newer than its end.
                     Rows that the changelog does not continue are forgotten here, and read anew.
`_seek_offsets`      Stock reads the last record again that rows include.
`_set_recovery_started`
                     The signal of an earlier recovery's end would end this one.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, cast

from faust.tables.recovery import Recovery as FaustRecovery
from faust.types.tuples import TP
from mode import Service

from app.faust_batch.batch import Batch
from app.faust_batch.logs import FAUST
from app.faust_batch.table import Table


class Recovery(FaustRecovery):
    logger = FAUST

    @Service.task
    async def _slurp_changelogs(self) -> None:
        pass

    def restore(self, run: Batch) -> None:
        """Take a run of a changelog. One of a partition that is no longer ours is left alone."""
        tp = run.tp
        if tp in self.active_tps:
            offsets = self.active_offsets
        elif tp in self.standby_tps:
            offsets = self.standby_offsets
        else:
            return
        table = cast(Table, self.tp_to_table[tp])
        table.restore(run)
        offsets[tp] = run.next_offset - 1
        cast(Any, self.app).observer.restored(table.name, run, tp in self.standby_tps)
        self._look_for_the_end()

    def _look_for_the_end(self) -> None:
        if self.in_recovery and not self.need_recovery():
            self._set_recovery_ended()
            self.signal_recovery_end.set()
        if not self.tables.standbys_ready and not self.standby_remaining_total():
            self.tables.on_standbys_ready()

    def _set_recovery_started(self) -> None:
        self.signal_recovery_end.clear()
        super()._set_recovery_started()

    async def _build_offsets(
        self, consumer: Any, tps: set[TP], destination: Counter[TP], title: str
    ) -> None:
        starts = await consumer.earliest_offsets(*tps)
        ends = await consumer.highwaters(*tps)
        for tp in tps:
            table = cast(Table, self.tp_to_table[tp])
            offset = table.offset_within(tp, starts[tp] or 0, ends[tp] or 0)
            destination[tp] = max(offset, (starts[tp] or 0) - 1)

    async def _seek_offsets(
        self, consumer: Any, tps: set[TP], offsets: Counter[TP], title: str
    ) -> None:
        await consumer.seek_wait({tp: offsets[tp] + 1 for tp in tps})
