"""What people are told of the spool, by the log and by a metric. Never what a webhook holds."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from prometheus_client import Counter

from app.log import logger

_EVERY_S = 10.0


class News:
    """What would repeat itself with every webhook is said now and then only."""

    def __init__(self, broken: Counter, clock: Callable[[], float] = time.monotonic) -> None:
        self._broken = broken
        self._clock = clock
        self._log = logger("spool")
        self._said: dict[str, float] = {}

    def full(self, why: str) -> None:
        if self._due("full"):
            self._log.error("webhooks are refused", why=why)

    def broke(self, why: str) -> None:
        if self._due("broke"):
            self._log.error("the spool cannot be written: webhooks are refused", why=why)

    def works(self) -> None:
        if self._due("works"):
            self._log.info("the spool can be written again")

    def adopted(self, file: Path, entries: int, *, torn: bool, broken: bool) -> None:
        self._log.info("took over a spool file", file=file.name, entries=entries, torn=torn)
        if broken:
            self._log.error(
                "a spool file is damaged: what is readable is drained, then it is set aside",
                file=file.name,
                readable=entries,
            )

    def set_aside(self, file: Path, entries: int, refused: int) -> None:
        """Of its entries all are on the log but those that Kafka will never take."""
        self._broken.inc()
        self._log.error(
            "a spool file was set aside: look at it, then remove it",
            file=str(file),
            on_the_log=entries - refused,
            refused_by_kafka=refused,
        )

    def left_alone(self, file: Path, error: OSError) -> None:
        self._broken.inc()
        self._log.error(
            "a spool file cannot be used: it is left alone until the next start",
            file=str(file),
            why=error.strerror,
        )

    def _due(self, about: str) -> bool:
        now = self._clock()
        if now - self._said.get(about, float("-inf")) < _EVERY_S:
            return False
        self._said[about] = now
        return True
