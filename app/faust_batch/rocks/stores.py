"""The databases of a worker: one for each partition, open as long as one of its tables is."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from app.faust_batch.rocks.database import Database, open_database
from app.faust_batch.rocks.folder import OwnFolder
from app.faust_batch.rocks.options import Shared
from app.faust_batch.rocks.rows import RocksRows
from app.faust_batch.rows import Rows


class RocksStores:
    """Makes `Rows` (see `NewRows`) under a folder of this process's own in `root`.

    `topic_ids` are those that the cluster gave to the changelogs: rows that came from a topic
    which was deleted and made again are forgotten.
    """

    def __init__(self, root: Path, topic_ids: Mapping[str, str] | None = None) -> None:
        self._folder = OwnFolder(root)
        self._topic_ids = topic_ids or {}
        self._shared = Shared()
        self._open: dict[int, tuple[Database, set[str]]] = {}

    def __call__(self, topic: str, partition: int) -> Rows:
        database, topics = self._database(partition)
        topics.add(topic)
        rows = RocksRows(database, topic, partial(self._close, topic, partition))
        topic_id = self._topic_ids.get(topic)
        if topic_id is not None and not database.is_of(topic, topic_id):
            rows.forget()
        return rows

    def _database(self, partition: int) -> tuple[Database, set[str]]:
        if partition not in self._open:
            folder = self._folder.path / str(partition)
            database = open_database(folder, self._shared.options())
            self._open[partition] = database, set()
        return self._open[partition]

    def _close(self, topic: str, partition: int) -> None:
        database, topics = self._open[partition]
        topics.discard(topic)
        if not topics:
            del self._open[partition]
            database.close()

    def close(self) -> None:
        """Let the next process have the folder."""
        for database, _ in self._open.values():
            database.close()
        self._open.clear()
        self._folder.release()
