"""The ASGI application: POST /webhooks/{source}, /livez, /readyz, /metrics."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

import msgspec
from prometheus_client import Counter

from app.core.vendors.contract import Refused, Request, Source, Vendor
from app.endpoint.accept import accept
from app.endpoint.body import BodyReader, Receive
from app.endpoint.errors import (
    ClientGone,
    Failure,
    Internal,
    NoSuchSource,
    NotGenuine,
    TooLarge,
    WrongMethod,
)
from app.endpoint.health import Readiness
from app.endpoint.log import Log
from app.endpoint.metrics import Metrics
from app.endpoint.refusal_log import RefusalLog

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


class Refusal(msgspec.Struct, frozen=True):
    """The answer to a webhook that is not. `error` is the metric's reason."""

    error: str
    message: str


class Health(msgspec.Struct, frozen=True):
    ready: bool
    not_ready: list[str]


class _Route(msgspec.Struct, frozen=True):
    """What is known of a path before a request comes."""

    source: Source
    vendor: Vendor
    stored: Counter


class Endpoint:
    """Takes webhooks of the sources given. Knows nothing of what is behind `log`."""

    def __init__(
        self,
        sources: Iterable[tuple[Source, Vendor]],
        log: Log,
        *,
        body: BodyReader,
        ready: Readiness,
        signature_window_s: float,
        metrics: Metrics | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.metrics = metrics or Metrics()
        self._log = log
        self._body = body
        self._ready = ready
        self._window = signature_window_s
        self._clock = clock
        self._refusals = RefusalLog(time.monotonic)
        self._routes = {
            WEBHOOKS + source.name: _Route(source, vendor, self.metrics.stored.labels(source.name))
            for source, vendor in sources
        }
        self._pages = {"/livez": self._livez, "/readyz": self._readyz, "/metrics": self._metrics}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http", scope["type"]
        path = scope["path"]
        route = self._routes.get(path)
        try:
            if route is not None:
                status, headers, body = 200, _JSON, await self._take(route, scope, receive)
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

    async def _take(self, route: _Route, scope: Scope, receive: Receive) -> bytes:
        """Store the webhook and answer with its receipt, or raise a Failure."""
        method = scope["method"]
        if method not in route.vendor.methods:
            raise WrongMethod(route.vendor.methods)
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
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
        handed_over = time.perf_counter()
        position = await self._log.append(record)
        self.metrics.ack_seconds.observe(time.perf_counter() - handed_over)
        route.stored.inc()
        return _encode(Receipt(record.id, record.type, record.key, *position))

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
        missing = await self._ready()
        return (503 if missing else 200), _JSON, _encode(Health(not missing, missing))

    async def _metrics(self) -> tuple[int, Headers, bytes]:
        return 200, ((b"content-type", self.metrics.content_type),), self.metrics.page()
