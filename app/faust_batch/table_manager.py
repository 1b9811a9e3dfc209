"""Faust's manager of tables, which starts at once.

Overrides of faust/tables/manager.py `TableManager`:

`on_start`  Stock sleeps a second before it lets the worker subscribe. Everything that it waits for
            has been started by then, and the conductor waits for both anyway.
"""

from __future__ import annotations

from faust.tables.manager import TableManager as FaustTableManager

from app.faust_batch.logs import FAUST


class TableManager(FaustTableManager):
    logger = FAUST

    async def on_start(self) -> None:
        if not self.should_stop:
            await self._update_channels()
            await self.recovery.start()
