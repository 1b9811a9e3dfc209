"""A view that tests feed by hand, as its follower would."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from app.avro.lock import load_lock
from app.core.projection import AnyRow, Table
from app.core.rows import Codec
from app.inspector.view.file import ViewFile
from app.inspector.view.identity import Identity
from app.inspector.view.row_list import Page
from app.inspector.view.row_query import RowQuery
from app.inspector.view.row_reader import RowValues, row_values
from app.inspector.view.row_writer import NewRow
from app.inspector.view.view import View
from app.inspector.view.writer import Batch, ViewWriter
from app.kafka.topics import Topics
from tests.unit.read.installation import codecs, repository

IDENTITY = Identity(cluster="here", topics={"state.calls": "one"})


@cache
def values() -> Mapping[Table, RowValues]:
    lock = load_lock().with_new(repository())
    return row_values(repository(), lock, codecs())


class FedView:
    """A file, its writer, and what readers see of it."""

    def __init__(self, folder: Path) -> None:
        self.file = ViewFile(folder / "view.sqlite3")
        self.open()
        self.view = View(self.file, Topics(), codecs())
        self._offset = 0

    def open(self, identity: Identity = IDENTITY) -> str | None:
        """Why it was made anew."""
        database, why = self.file.writer(identity)
        self.writer = ViewWriter(database)
        return why

    def close(self) -> None:
        self.writer.close()
        self.file.close()

    def put(self, *rows: tuple[Table, str, AnyRow]) -> None:
        self.writer.write(Batch(rows=[self.encoded(*one) for one in rows]))

    def in_bulk(self, batch: Batch) -> None:
        self.writer.write(batch, in_bulk=True)
        self.writer.commit()

    def encoded(self, table: Table, key: str, row: AnyRow) -> NewRow:
        self._offset += 1
        codec: Codec = codecs()[table]
        value = codec.dumps(row)
        at = values()[table].index(key.split("/", 2)[2], value)
        return NewRow(table, key, 0, self._offset, 1_000_000, value, at)

    def keys(self, q: str = "", limit: int = 50, **conditions: object) -> list[str]:
        return keys(self.view.rows(RowQuery(q=q, **conditions), limit))  # pyright: ignore


def keys(page: Page) -> list[str]:
    return [one.found.key for one in page.items]
