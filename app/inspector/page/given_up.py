"""Deliveries that a vendor says it gave up on: among the newest events of the one that says so."""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import suppress
from threading import Lock, Thread
from typing import Any

from app.avro.published import Published
from app.avro.reading import Reader, value_reader
from app.core.dead_letter import RAW
from app.core.webhook import parse_key
from app.errors import UserError
from app.inspector.logs import Logs
from app.inspector.page.port import GivenUp
from app.kafka.record import Record, Span
from app.kafka.topics import Topics

VENDOR, EVENT = "voiso", "webhook_failure"
MOST = 20_000  # offsets that are looked at, the newest
_KEPT_S = 60.0


class GivenUpLook:
    """Looks behind the back of who asks, once a minute at most: nobody waits for it."""

    def __init__(self, logs: Logs, topics: Topics, published: Published) -> None:
        self._logs = logs
        self._topic = topics.events(VENDOR)
        self._published = published
        self._lock = Lock()
        self._until = float("-inf")
        self._found: list[GivenUp] | None = None

    def found(self) -> list[GivenUp] | None:
        """The newest first, as of the last look; None before there was one."""
        with self._lock:
            if time.monotonic() > self._until:
                self._until = time.monotonic() + _KEPT_S
                Thread(target=self._renew, name="given-up", daemon=True).start()
            return self._found

    def _renew(self) -> None:
        with suppress(UserError):  # Kafka is away, which the page says beside it
            self._found = self._look()

    def _look(self) -> list[GivenUp]:
        latest = self._published.repository.latest(VENDOR, EVENT)
        read = value_reader(self._published, latest.schema)
        with self._logs.log() as log:
            spans = log.spans(self._topic)
            each = MOST // max(1, len(spans))
            newest = {n: Span(max(one.first, one.end - each), one.end) for n, one in spans.items()}
            records = log.read(self._topic, newest)
            found = [one for record in records for one in _given_up(record, read)]
        return sorted(found, key=lambda one: one.at, reverse=True)


def _given_up(record: Record, read: Reader) -> Iterable[GivenUp]:
    headers = dict(record.headers)
    named = headers.get("ce_type") == f"{VENDOR}.{EVENT}".encode()
    if not named or record.value is None or record.key is None:
        return
    said: dict[str, Any] = read(record.value)[EVENT]
    yield GivenUp(
        raw=headers.get(RAW, b"").decode(),
        source=parse_key(record.key.decode()).source,
        at=said["last_attempt_at"] or record.timestamp_ms * 1000,
        event=said["event"] or "an event that it does not name",
        reason=said["reason"] or said["status"] or "",
    )
