"""By the topics alone."""

from __future__ import annotations

from dataclasses import replace

from app.cli.show.output import progress_bar, say
from app.cli.ways.way import Looked, NotKept, Told, told_json
from app.cli.wiring import Reading
from app.core.projection import AnyRow, Table
from app.core.row import UNREAD
from app.core.webhook import Place
from app.history.expired import Expired
from app.history.gather import Gathering
from app.history.history import History
from app.history.page import Page, page
from app.read.row_json import RowJson
from app.read.waiting import Backlog, Waiting


class ByTopics:
    """`scan`: the key's partition of the raw log is to be read through, even where its row names
    its records. `internals`: JSON of rows has ledger and fold.
    """

    def __init__(self, reading: Reading, *, scan: bool, internals: bool) -> None:
        self._reading = reading
        self._scan = scan
        self._internals = internals
        self._histories: dict[str, History] = {}

    @property
    def json(self) -> RowJson:
        return self._reading.rows.json

    def looked_at(self, table: Table, key: str) -> Looked:
        to = self._reading
        topic, number = to.rows.topic(table), to.rows.partition(key)
        end = to.log.span(topic, number).end
        return Looked(
            f"all of {topic}, partition {number}, up to offset {end}",
            {"topic": topic, "partition": number, "end": end},
        )

    def row(self, table: Table, key: str) -> Told | None:
        to = self._reading
        to.say_if_not_whole()
        with progress_bar(to.rows.topic(table)) as tell:
            found = to.rows.newest(table, key, tell)
        if found is None:
            return None
        shown = self.json.of(table, found.row, internals=self._internals)
        return Told(
            table=table,
            key=key,
            row=found.row,
            json=told_json(table, key, shown, None),
            written_at=found.written_at,
        )

    def row_at(self, table: Table, key: str, at: int) -> Told | None:
        try:
            row = self._history(table, key).row_at(at)
        except Expired as why:
            raise NotKept(f"{why}: what its row was cannot be worked out") from None
        if row is None:
            return None
        shown = self.json.of(table, row, internals=self._internals)
        json = told_json(table, key, shown, at)
        return Told(table=table, key=key, row=row, json=json, written_at=None)

    def waiting(self, table: Table, key: str, row: AnyRow | None) -> Waiting:
        to, number = self._reading, self._reading.rows.partition(key)
        if to.shadow is not None:
            return Waiting()
        held = to.log.span(to.live.raw, number)
        after = UNREAD if row is None else row.offset
        backlog = Backlog(to.log, to.live.raw, to.projected())
        return backlog.waiting(key, number, held, after=after)

    def page(
        self,
        table: Table,
        key: str,
        *,
        since: int | None,
        until: int | None,
        before: Place | None = None,
        limit: int,
        bodies: bool,
    ) -> Page:
        offset = None if before is None else str(before[1])
        history = self._history(table, key)
        return page(history, since=since, until=until, before=offset, limit=limit)

    def _history(self, table: Table, key: str) -> History:
        """Read once of a key, whatever is asked of it: what its rows were made of, of a shadow no
        more than its replay was given."""
        if key not in self._histories:
            self._histories[key] = self._read_history(table, key)
        return self._histories[key]

    def _read_history(self, table: Table, key: str) -> History:
        to = self._reading
        gathering = Gathering(to.rows, to.live, to.projected())
        with progress_bar(to.live.raw) as tell:
            webhooks = gathering.webhooks(table, key, tell, whole=self._scan)
        number = to.rows.partition(key)
        taken = [*filter(to.selection().takes, webhooks.records)]
        if webhooks.row is None:
            say(f"There is no row {key}: partition {number} of {to.live.raw} was read through.")
        return History(replace(webhooks, records=taken), to.rules)
