"""The Faust app: batches through and through, and nothing that a worker does not need.

Overrides of faust/app/base.py `App`:

`_new_transport`, `_new_producer_transport`
                      Our consumer and producer, whatever the URL's scheme.
`_create_directories` None: rows have their own place, and stock makes one in the working folder.
`_crash`              A service that crashed ends the process. Stock stops its services in an order
                      that can wait for ever, and exits 0.
`on_rebalance_end`    The end of a rebalance is where the worker is ready.
`_on_rebalance_when_stopped`
                      A worker that stops leaves the group when its work is committed. Stock closes
                      the consumer's connections before that, and from another thread than theirs.

and of its settings: no web server (it serves tables without authentication), no leader topic, no
topic made by Faust (the assignor ignores one that was just made), no standby unless it is asked
for (`table_standby_replicas`).
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Awaitable, Callable
from typing import Any

import faust
from faust.types.tuples import TP

from app.faust_batch.agent import agent_of
from app.faust_batch.batch import Batch
from app.faust_batch.logs import FAUST
from app.faust_batch.observer import Observer
from app.faust_batch.rows import NewRows, memory_rows
from app.faust_batch.schema import BatchSchema
from app.faust_batch.silence import Silence
from app.faust_batch.table import Table
from app.faust_batch.table_manager import TableManager
from app.faust_batch.transport import Transport
from app.faust_batch.tuning import DEFAULT_TUNING, Tuning

EXIT_FAILED = 70  # EX_SOFTWARE: start it again

say = logging.getLogger(__name__)


class App(faust.App):
    """`group` is the consumer group; `bootstrap` is `host:port`, several with commas between;
    `new_rows` makes the rows of all tables, in memory by default."""

    logger = FAUST

    def __init__(
        self,
        group: str,
        bootstrap: str,
        *,
        observer: Observer | None = None,
        tuning: Tuning = DEFAULT_TUNING,
        new_rows: NewRows = memory_rows,
        end_process: Callable[[int], Any] = os._exit,
        **options: Any,
    ) -> None:
        self.observer = observer or Observer()
        self.is_ready = False
        self.silence = Silence()
        self.tuning = tuning
        self._new_rows = new_rows
        self._end_process = end_process
        self._rebalance_began = time.monotonic()
        settings: dict[str, Any] = {
            "TableManager": TableManager,
            "broker": [f"kafka://{address}" for address in bootstrap.split(",")],
            "broker_commit_interval": tuning.commit_interval,
            "broker_session_timeout": tuning.session_timeout,
            "broker_heartbeat_interval": tuning.session_timeout / 4,
            "broker_request_timeout": max(30.0, tuning.session_timeout),
            "consumer_max_fetch_size": tuning.fetch_bytes,
            "producer_max_batch_size": tuning.send_bytes,
            "producer_request_timeout": tuning.delivery_timeout,
            "stream_buffer_maxsize": tuning.queued_batches,
            "stream_wait_empty": True,
            "table_standby_replicas": 0,
            "topic_allow_declare": False,
            "topic_disable_leader": True,
            "web_enabled": False,
        }
        super().__init__(group, **{**settings, **options})

    def table(self, name: str, topic: str, **options: Any) -> Table:
        """A table kept in the changelog topic given; see `Table` for the options."""
        options = {"new_rows": self._new_rows, "beacon": self.tables.beacon} | options
        table = Table(self, name=name, topic=topic, **options)
        self.tables.add(table)
        return table

    def process(self, topic: str, function: Callable[[Batch], Awaitable[None]]) -> Any:
        """An agent that gives every batch of a topic to `function`, one after the other."""
        return agent_of(self, self.topic(topic, schema=BatchSchema()), function)

    def fail(self, error: BaseException, what: str) -> None:
        """End the process at once: as safe as `kill -9`, since nothing unsettled is committed."""
        say.critical("%s; ending the process: %r", what, error, exc_info=error)
        logging.shutdown()
        self._end_process(EXIT_FAILED)

    def _crash(self, reason: BaseException) -> None:
        if self.should_stop and isinstance(reason, asyncio.CancelledError):
            return  # services are cancelled when they stop
        super()._crash(reason)
        self.fail(reason, "a service of the worker crashed")

    def on_rebalance_start(self) -> None:
        self.is_ready = False
        self._rebalance_began = time.monotonic()
        super().on_rebalance_start()

    def on_rebalance_end(self) -> None:
        super().on_rebalance_end()
        if self.should_stop:
            return
        self.is_ready = True
        changelogs = self.tables.changelog_topics
        sources = {TP(*tp) for tp in self.consumer.assignment() if tp.topic not in changelogs}
        self.observer.ready(sources, time.monotonic() - self._rebalance_began)

    def _on_rebalance_when_stopped(self) -> None:
        pass

    def _new_transport(self) -> Transport:
        return Transport(self.conf.broker_consumer, self)

    def _new_producer_transport(self) -> Transport:
        return Transport(self.conf.broker_producer, self)

    def _create_directories(self) -> None:
        pass
