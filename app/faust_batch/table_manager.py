"""Faust's manager of tables, with our recovery, which starts at once.

Overrides of faust/tables/manager.py `TableManager`:

`on_start`  Stock sleeps a second before it lets the worker subscribe. Everything that it waits for
            has been started by then, and the conductor waits for both anyway.
`recovery`  Ours, see `recovery`.
"""

from __future__ import annotations

from faust.tables.manager import TableManager as FaustTableManager

from app.faust_batch.logs import FAUST
from app.faust_batch.recovery import Recovery


class TableManager(FaustTableManager):
    logger = FAUST

    async def on_start(self) -> None:
        if not self.should_stop:
            await self._update_channels()
            await self.recovery.start()

    @property
    def recovery(self) -> Recovery:
        if self._recovery is None:
            self._recovery = Recovery(self.app, self, beacon=self.beacon, loop=self.loop)
        assert isinstance(self._recovery, Recovery)
        return self._recovery
