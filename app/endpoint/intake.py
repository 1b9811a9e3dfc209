"""From a webhook that has arrived to its answer: verified, named, stored."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import NamedTuple

import msgspec
from prometheus_client import Counter

from app.core.vendors.contract import Refused, Request, Source, Vendor
from app.core.webhook import RawRecord
from app.endpoint.accept import accept
from app.endpoint.errors import Failure, Internal, KafkaAway, NotGenuine, Overloaded
from app.endpoint.log import Position
from app.endpoint.metrics import Metrics
from app.endpoint.refusal_log import RefusalLog
from app.endpoint.storage import Storage

Headers = tuple[tuple[bytes, bytes], ...]

JSON: Headers = ((b"content-type", b"application/json"),)
_encode = msgspec.json.Encoder().encode


class Answer(NamedTuple):
    status: int
    headers: Headers
    body: bytes


Tell = Callable[[Answer], None]


class Receipt(msgspec.Struct, frozen=True):
    """The answer to a webhook that is on the log: where it is, and under what id and key."""

    id: str
    type: str
    key: str
    topic: str
    partition: int
    offset: int


class SpooledReceipt(msgspec.Struct, frozen=True):
    """The answer to a webhook that is on this machine's disk, and will be on the log."""

    id: str
    type: str
    key: str
    spooled: bool = True


class Refusal(msgspec.Struct, frozen=True):
    """The answer to a webhook that is not. `error` is the metric's reason."""

    error: str
    message: str


class Route(msgspec.Struct, frozen=True):
    """What is known of a source before a request comes."""

    source: Source
    vendor: Vendor
    stored: Counter
    spooled: Counter


class Intake:
    """Knows nothing of HTTP beyond a request and an answer, nor of what is behind its storage."""

    def __init__(
        self,
        storage: Storage,
        metrics: Metrics,
        signature_window_s: float,
        clock: Callable[[], float],
    ) -> None:
        self._storage = storage
        self._log = storage.log
        self._breaker = storage.breaker
        self._metrics = metrics
        self._window = signature_window_s
        self._clock = clock
        self._refusals = RefusalLog(time.monotonic)
        self._tasks: set[asyncio.Task[None]] = set()

    def route(self, source: Source, vendor: Vendor) -> Route:
        stored, spooled = self._metrics.stored, self._metrics.spooled
        return Route(source, vendor, stored.labels(source.name), spooled.labels(source.name))

    @property
    def is_prompt(self) -> bool:
        """Whether Kafka is there, as far as is known."""
        return not self._breaker.is_open

    async def take(self, route: Route, request: Request) -> Answer:
        """Store the webhook; its receipt. Raises a Failure where it is not stored."""
        record = self._admit(route, request)
        if self._breaker.is_open:
            return await self._keep(route, record)
        return await self._stored(route, record, time.perf_counter(), self._append(record))

    def begin(self, route: Route, request: Request, tell: Tell) -> None:
        """The same without a task of its own. The answer is told once, now or later."""
        try:
            record = self._admit(route, request)
        except Exception as error:  # noqa: BLE001 — the request ends here
            tell(self.refuse(route, error))
            return
        began = time.perf_counter()
        appended = self._append(record)
        appended.add_done_callback(partial(self._appended, route, record, began, tell))

    def refuse(self, route: Route | None, error: Exception) -> Answer:
        """The answer to what is not stored."""
        source = route.source.name if route else ""
        if not isinstance(error, Failure):
            self._refusals.failed(source, error)
            error = Internal()
        self._metrics.refused.labels(source, error.label).inc()
        self._refusals.refused(source, error.label, error.status)
        body = _encode(Refusal(error.label, error.words))
        return Answer(error.status, JSON + error.headers, body)

    def _admit(self, route: Route, request: Request) -> RawRecord:
        source = route.source
        received_at = int(self._clock() * 1_000_000)
        try:
            accepted = accept(request, source, route.vendor, received_at, self._window)
        except Refused as refused:
            raise NotGenuine(refused) from None
        if accepted.trouble is not None:
            self._metrics.unidentified.labels(source.name, accepted.trouble).inc()
            if accepted.cause is not None:
                self._refusals.failed(source.name, accepted.cause)
        return accepted.record

    def _append(self, record: RawRecord) -> asyncio.Future[Position]:
        """Whatever goes wrong is the future's."""
        try:
            return asyncio.ensure_future(self._log.append(record))
        except Exception as error:  # noqa: BLE001 — raised where it is awaited
            future: asyncio.Future[Position] = asyncio.get_running_loop().create_future()
            future.set_exception(error)
            return future

    def _appended(
        self,
        route: Route,
        record: RawRecord,
        began: float,
        tell: Tell,
        appended: asyncio.Future[Position],
    ) -> None:
        if appended.exception() is None:
            tell(self._receipt(route, record, began, appended.result()))
            return
        task = asyncio.create_task(self._finish(route, record, began, tell, appended))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _finish(
        self,
        route: Route,
        record: RawRecord,
        began: float,
        tell: Tell,
        appended: Awaitable[Position],
    ) -> None:
        try:
            answer = await self._stored(route, record, began, appended)
        except Exception as error:  # noqa: BLE001 — the request ends here
            answer = self.refuse(route, error)
        tell(answer)

    async def _stored(
        self, route: Route, record: RawRecord, began: float, appended: Awaitable[Position]
    ) -> Answer:
        try:
            position = await appended
        except (KafkaAway, Overloaded) as failure:
            return await self._keep(route, record, failure)
        return self._receipt(route, record, began, position)

    def _receipt(self, route: Route, record: RawRecord, began: float, position: Position) -> Answer:
        self._metrics.ack_seconds.observe(time.perf_counter() - began)
        route.stored.inc()
        return Answer(200, JSON, _encode(Receipt(record.id, record.type, record.key, *position)))

    async def _keep(
        self, route: Route, record: RawRecord, failure: Failure | None = None
    ) -> Answer:
        """Spool the webhook, and say so."""
        await self._storage.keep(record, failure)
        route.spooled.inc()
        return Answer(202, JSON, _encode(SpooledReceipt(record.id, record.type, record.key)))
