"""The thread that keeps the view: reads the topics, writes what they say, begins anew where the
view is no good, waits where Kafka is away.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Mapping

from confluent_kafka import KafkaException

from app.core.projection import Table
from app.errors import UserError
from app.inspector.view.cluster import Away, Cluster
from app.inspector.view.condition import Doing, Gauge
from app.inspector.view.file import ViewFile, is_damage
from app.inspector.view.news import News, news_of
from app.inspector.view.one_behind import one_behind
from app.inspector.view.reading import MOST, Reading
from app.inspector.view.row_reader import RowValues
from app.inspector.view.watch import Watch
from app.inspector.view.writer import Batch, ViewWriter
from app.kafka.connection import Connection
from app.kafka.topics import Topics
from app.log import logger

_RETRY_S = 1.0
_SAY_EVERY_S = 5.0
_LOOK_EVERY_S = 1.0
_TOUCH_EVERY_S = 600.0
_PATIENCE_S = 0.2
SETTLED = 3 * MOST  # rows that are ranked together: fewer and larger parts of the index


class _NoGood(Exception):
    """The view has to be opened again, and perhaps made anew."""


class Follower:
    """Runs from `start` to `stop`; `failed` is called where it cannot go on."""

    failed: Callable[[], None]

    def __init__(
        self,
        file: ViewFile,
        kafka: Connection,
        topics: Topics,
        values: Mapping[Table, RowValues],
        news: News,
    ) -> None:
        self._file = file
        self._kafka = kafka
        self._topics = topics
        self._values = values
        self._news = news
        self._say = logger("inspector")
        self._cluster = Cluster(kafka, topics)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="view", daemon=True)
        self.failed = lambda: None
        self._said = self._looked = time.monotonic()
        self._begins: dict[int, int] = {}
        self.gauge = Gauge()
        self.watch = Watch(self._cluster, self.gauge)

    def start(self) -> None:
        self.watch.failed = self.failed
        self._thread.start()
        self.watch.start()

    def stop(self, patience_s: float = _PATIENCE_S) -> None:
        """What it is about to write is given up where that takes longer: it is read again."""
        self._stopped.set()
        self._thread.join(patience_s)
        self.watch.stop()

    def _run(self) -> None:
        try:
            while not self._stopped.is_set():
                self._attempt()
        except Exception as error:
            self._say.error("the view failed", error=f"{type(error).__name__}: {error}")
            self.failed()
            raise

    def _attempt(self) -> None:
        try:
            self._follow()
        except _NoGood:
            return
        except (Away, KafkaException, UserError) as error:
            why = str(error).partition("\n")[0]
            self.gauge.silent(why)
            self._wait("away", why)
        except sqlite3.DatabaseError as error:
            if is_damage(error):
                self._file.damage = str(error)
            else:
                self._wait("away", f"the view cannot be written: {error}")

    def _wait(self, doing: Doing, why: str) -> None:
        if self.gauge.doing != doing:
            self._say.warning("the view waits", why=why)
        self.gauge.did(doing, why)
        self._stopped.wait(_RETRY_S)

    def _follow(self) -> None:
        identity = self.watch.identity = self._cluster.identity()
        firsts, ends = self._cluster.firsts(), self._cluster.ends()
        database, why = self._file.writer(identity)
        writer = ViewWriter(database)
        try:
            doing: Doing = "catching_up" if writer.complete else "rebuilding"
            self.gauge.began(doing, why, firsts, writer.places, whole=writer.complete)
            self._say.info("the view is read", doing=doing, why=why)
            with Reading(self._kafka, self._topics, self._values) as reading:
                reading.start(firsts, writer.places, ends)
                if self._catch_up(reading, writer):
                    self.gauge.did("live")
                    self._say.info("the view is live", **self._numbers())
                    self._live(reading, writer)
        finally:
            writer.close()

    def _catch_up(self, reading: Reading, writer: ViewWriter) -> bool:
        """Read all that was there, then let it be seen in lists. False where it was stopped."""
        with one_behind(writer) as write:
            while not reading.is_caught_up:
                if self._stopped.is_set():
                    return False
                batch = reading.next()
                write(batch)
                self.gauge.wrote(batch.places, len(batch.rows), reading.unreadable)
                self._now_and_then()
        self.gauge.settled(writer.unsettled())
        while writer.settle(SETTLED):
            if self._stopped.is_set():
                return False
            self.gauge.settled(writer.unsettled())
            self._now_and_then()
        writer.write(Batch(complete=True))
        return True

    def _live(self, reading: Reading, writer: ViewWriter) -> None:
        touched = time.monotonic()
        while not self._stopped.is_set():
            batch = reading.next()
            batch.first = self._expired()
            now = time.monotonic()
            if batch.says_something or now - touched >= _TOUCH_EVERY_S:
                touched = now
                writer.write(batch)
                if self._news.is_heard:
                    self._news.tell(news_of(batch))
            self.gauge.wrote(batch.places, len(batch.rows), reading.unreadable)
            self._now_and_then()

    def _expired(self) -> dict[int, int]:
        """Where the topic of dead letters begins by now, where that has changed."""
        begins = {
            number: first
            for (topic, number), first in self.watch.firsts.items()
            if topic == self._topics.dead
        }
        changed = {} if begins == self._begins else begins
        self._begins = begins
        return changed

    def _now_and_then(self) -> None:
        """Say how far it is; see whether the view is still the right one."""
        now = time.monotonic()
        if self.gauge.doing != "live" and now - self._said >= _SAY_EVERY_S:
            self._said = now
            self._say.info("the view is being read", **self._numbers())
        if now - self._looked >= _LOOK_EVERY_S:
            self._looked = now
            self._look()

    def _look(self) -> None:
        """Whether the view is still the right one."""
        if self._file.is_gone():
            self._file.damage = "its file was deleted"
        if self._file.damage is not None or self.watch.identity != self._file.identity:
            raise _NoGood

    def _numbers(self) -> dict[str, object]:
        now = self.gauge.condition()
        return {
            "left": now.left,
            "of": now.total,
            "unsettled": now.unsettled,
            "rows_per_s": None if now.rows_per_s is None else round(now.rows_per_s),
        }
