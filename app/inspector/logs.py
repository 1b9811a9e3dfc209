"""Readers of topics for whoever asks: a connection takes longer than most of what is asked."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from app.kafka.connection import Connection
from app.kafka.log import Log

_KEPT = 2


class Logs:
    """Each is somebody's own while it is used."""

    def __init__(self, kafka: Connection) -> None:
        self.kafka = kafka
        self._lock = threading.Lock()
        self._idle: list[Log] = []

    @contextmanager
    def log(self) -> Iterator[Log]:
        """Whatever is raised while the block runs, the next one gets another."""
        with self._lock:
            log = self._idle.pop() if self._idle else None
        log = Log(self.kafka) if log is None else log
        try:
            yield log
        except BaseException:
            log.__exit__(None, None, None)
            raise
        with self._lock:
            if len(self._idle) < _KEPT:
                self._idle.append(log)
                return
        log.__exit__(None, None, None)

    def close(self) -> None:
        with self._lock:
            idle, self._idle = self._idle, []
        for log in idle:
            log.__exit__(None, None, None)
