"""A view that follows a real Kafka, in this process."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from app.inspector.view.condition import Condition
from app.inspector.view.file import NoView, ViewFile
from app.inspector.view.follower import Follower
from app.inspector.view.news import News
from app.inspector.view.row_query import RowQuery
from app.inspector.view.view import View
from app.kafka.connection import Connection
from app.kafka.topics import Topics
from tests.unit.inspector.view.feeding import values
from tests.unit.read.installation import codecs

PATIENCE_S = 30


def wait(holds: Callable[[], bool], seconds: float = PATIENCE_S) -> None:
    """Until it does; what there is no view for does not yet."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            if holds():
                return
        except NoView:
            pass
        assert time.monotonic() < deadline
        time.sleep(0.02)


class Following:
    """The view, and who keeps it."""

    def __init__(self, path: Path, kafka: str, topics: Topics) -> None:
        self.file = ViewFile(path)
        self.news = News()
        self.failed = False
        self.follower = Follower(self.file, Connection(kafka), topics, values(), self.news)
        self.follower.failed = self._fail
        self.view = View(self.file, topics, codecs())

    def _fail(self) -> None:
        self.failed = True

    @property
    def condition(self) -> Condition:
        return self.follower.gauge.condition()

    def wait(self, holds: Callable[[], bool]) -> None:
        wait(holds)
        assert not self.failed

    def wait_until_fresh(self) -> None:
        """Until it holds everything that was there when this was called."""
        since = time.time()
        self.wait(lambda: self.condition.doing == "live" and (self.fresh or 0) >= since)

    @property
    def fresh(self) -> float | None:
        return self.condition.fresh_as_of

    def keys(self, query: RowQuery | None = None) -> set[str]:
        found: set[str] = set()
        cursor = None
        while True:
            page = self.view.rows(query or RowQuery(), 200, cursor)
            found |= {one.found.key for one in page.items}
            cursor = page.next
            if cursor is None:
                return found


@contextmanager
def following(path: Path, kafka: str, topics: Topics) -> Iterator[Following]:
    one = Following(path, kafka, topics)
    one.file.hold()
    one.follower.start()
    try:
        yield one
    finally:
        one.follower.stop(PATIENCE_S)
        one.file.close()
