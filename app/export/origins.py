"""Which topics tables are read from."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from app.avro.names import STATE
from app.avro.published import Published
from app.export.choice import Choice
from app.export.events import Events
from app.export.letters import Letters
from app.export.line import Origin
from app.export.raw import Raw
from app.export.records import Records
from app.export.rows import Rows
from app.export.table import Table
from app.kafka.topics import Topics
from app.read.reader import Reader
from app.read.tables import state_topics


class Origins:
    """`live` are an installation's topics; `rows` those that rows are read from, which may be a
    shadow's.
    """

    def __init__(
        self,
        reader: Reader,
        live: Topics,
        rows: Topics,
        published: Published,
        tables: Mapping[str, Table],
    ) -> None:
        self._reader = reader
        self._live = live
        self._rows = {f"{name}s": topic for name, topic in state_topics(rows).items()}
        self._published = published
        self._tables = tables

    def of(self, wanted: Collection[str], choice: Choice) -> Iterator[Origin]:
        """Each topic that holds something of the tables that are wanted, in the tables' order."""
        vendors: set[str] = set()
        for table in self._tables.values():
            if table.name not in wanted or table.vendor in vendors:
                continue
            if table.vendor:
                vendors.add(table.vendor)
            yield self._of(table, wanted, choice)

    def _of(self, table: Table, wanted: Collection[str], choice: Choice) -> Origin:
        if table.vendor:
            of_vendor = [one for one in self._tables.values() if one.vendor == table.vendor]
            names = [one.name for one in of_vendor if one.name in wanted]
            topic = self._live.events(table.vendor)
            return Events(self._reader, topic, self._published, of_vendor, names, choice)
        if table.file is not None and table.file.name.group == STATE:
            records = Records(self._published, table.file)
            return Rows(self._reader, self._rows[table.name], table, records, choice)
        if table.what == "raw":
            return Raw(self._reader, self._live.raw, choice)
        return Letters(self._reader, self._live.dead, choice)
