"""The ASGI application: POST /webhooks/{source}, /livez, /readyz, /metrics."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

import msgspec
from prometheus_client import Counter

from app.core.vendors.contract import Refused, Request, Source, Vendor
from app.core.webhook import RawRecord
from app.endpoint.accept import accept
from app.endpoint.body import BodyReader, Receive
from app.endpoint.errors import (
    ClientGone,
    Encoded,
    Failure,
    Internal,
    KafkaAway,
    NoSuchSource,
    NotGenuine,
    Overloaded,
    TooLarge,
    WrongMethod,
)
from app.endpoint.health import Readiness
from app.endpoint.metrics import Metrics
from app.endpoint.refusal_log import RefusalLog
from app.endpoint.storage import Storage

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = tuple[tuple[bytes, bytes], ...]

WEBHOOKS = "/webhooks/"
_JSON: Headers = ((b"content-type", b"application/json"),)
_encode = msgspec.json.Encoder().encode


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


class _Route(msgspec.Struct, frozen=True):
    """What is known of a path before a request comes."""

    source: Source
    vendor: Vendor
    stored: Counter
    spooled: Counter


class Endpoint:
    """Takes webhooks of the sources given. Knows nothing of what is behind their storage."""

    def __init__(
        self,
        sources: Iterable[tuple[Source, Vendor]],
        storage: Storage,
        *,
        body: BodyReader,
        ready: Readiness,
        signature_window_s: float,
        metrics: Metrics | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.metrics = metrics or Metrics()
        self._storage = storage
        self._log = storage.log
        self._breaker = storage.breaker
        self._body = body
        self._ready = ready
        self._window = signature_window_s
        self._clock = clock
        self._refusals = RefusalLog(time.monotonic)
        self._routes: dict[str, _Route] = {}
        self.take_from(sources)
        self._pages = {"/livez": self._livez, "/readyz": self._readyz, "/metrics": self._metrics}

    def take_from(self, sources: Iterable[tuple[Source, Vendor]]) -> None:
        """From now on from these and no others. What is under way goes on as it began."""
        self._routes = {
            WEBHOOKS + source.name: self._route(source, vendor) for source, vendor in sources
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http", scope["type"]
        path = scope["path"]
        route = self._routes.get(path)
        try:
            if route is not None:
                status, body = await self._take(route, scope, receive)
                headers = _JSON
            else:
                status, headers, body = await self._page(path, scope["method"])
        except Failure as failure:
            status, headers, body = self._refuse(route, failure)
        except Exception as error:  # noqa: BLE001 — the request ends here
            self._refusals.failed(route.source.name if route else "", error)
            status, headers, body = self._refuse(route, Internal())
        if status != ClientGone.status:
            length = (b"content-length", str(len(body)).encode())
            await send(
                {"type": "http.response.start", "status": status, "headers": (*headers, length)}
            )
            if status == TooLarge.status:
                await send({"type": "http.response.body", "body": body, "more_body": True})
                await self._body.discard(receive)
                body = b""
            await send({"type": "http.response.body", "body": body})

    def _route(self, source: Source, vendor: Vendor) -> _Route:
        stored, spooled = self.metrics.stored, self.metrics.spooled
        return _Route(source, vendor, stored.labels(source.name), spooled.labels(source.name))

    async def _take(self, route: _Route, scope: Scope, receive: Receive) -> tuple[int, bytes]:
        """Store the webhook and answer with its receipt, or raise a Failure."""
        method = scope["method"]
        if method not in route.vendor.methods:
            raise WrongMethod(route.vendor.methods)
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        if headers.get("content-encoding", "identity") != "identity":
            raise Encoded
        request = Request(
            method=method,
            headers=headers,
            query=scope["query_string"],
            body=await self._body.read(headers.get("content-length"), receive),
        )
        source = route.source
        received_at = int(self._clock() * 1_000_000)
        try:
            accepted = accept(request, source, route.vendor, received_at, self._window)
        except Refused as refused:
            raise NotGenuine(refused) from None
        if accepted.trouble is not None:
            self.metrics.unidentified.labels(source.name, accepted.trouble).inc()
            if accepted.cause is not None:
                self._refusals.failed(source.name, accepted.cause)
        record = accepted.record
        if self._breaker.is_open:
            return await self._keep(route, record)
        handed_over = time.perf_counter()
        try:
            position = await self._log.append(record)
        except (KafkaAway, Overloaded) as failure:
            return await self._keep(route, record, failure)
        self.metrics.ack_seconds.observe(time.perf_counter() - handed_over)
        route.stored.inc()
        return 200, _encode(Receipt(record.id, record.type, record.key, *position))

    async def _keep(
        self, route: _Route, record: RawRecord, failure: Failure | None = None
    ) -> tuple[int, bytes]:
        """Spool the webhook, and say so."""
        await self._storage.keep(record, failure)
        route.spooled.inc()
        return 202, _encode(SpooledReceipt(record.id, record.type, record.key))

    def refuse_connection(self, failure: Failure) -> tuple[int, Headers, bytes]:
        """The answer to what is no request: its status, its headers, its body."""
        return self._refuse(None, failure)

    def _refuse(self, route: _Route | None, failure: Failure) -> tuple[int, Headers, bytes]:
        source = route.source.name if route else ""
        self.metrics.refused.labels(source, failure.label).inc()
        self._refusals.refused(source, failure.label, failure.status)
        body = _encode(Refusal(failure.label, failure.words))
        return failure.status, _JSON + failure.headers, body

    async def _page(self, path: str, method: str) -> tuple[int, Headers, bytes]:
        page = self._pages.get(path)
        if page is None:
            raise NoSuchSource
        if method not in ("GET", "HEAD"):
            raise WrongMethod(("GET", "HEAD"))
        return await page()

    async def _livez(self) -> tuple[int, Headers, bytes]:
        return 200, _JSON, b'{"live":true}'

    async def _readyz(self) -> tuple[int, Headers, bytes]:
        health = await self._ready()
        return (200 if health.ready else 503), _JSON, _encode(health)

    async def _metrics(self) -> tuple[int, Headers, bytes]:
        self.metrics.ready.set((await self._ready()).ready)
        return 200, ((b"content-type", self.metrics.content_type),), self.metrics.page()
