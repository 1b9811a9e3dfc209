"""The ASGI application: POST /webhooks/{source}, /livez, /readyz, /metrics."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

import msgspec

from app.core.vendors.contract import Request, Source, Vendor
from app.endpoint.body import BodyReader, Receive
from app.endpoint.errors import (
    ClientGone,
    Encoded,
    Failure,
    NoSuchSource,
    TooLarge,
    WrongMethod,
)
from app.endpoint.health import Readiness
from app.endpoint.intake import JSON, Answer, Intake, Route, Tell
from app.endpoint.metrics import Metrics
from app.endpoint.storage import Storage

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
RawHeaders = list[tuple[bytes, bytes]]

WEBHOOKS = "/webhooks/"
_encode = msgspec.json.Encoder().encode


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
        self._intake = Intake(storage, self.metrics, signature_window_s, clock)
        self._body = body
        self._ready = ready
        self._routes: dict[str, Route] = {}
        self._urls: dict[bytes, Route] = {}
        self.take_from(sources)
        self._pages = {"/livez": self._livez, "/readyz": self._readyz, "/metrics": self._metrics}

    def take_from(self, sources: Iterable[tuple[Source, Vendor]]) -> None:
        """From now on from these and no others. What is under way goes on as it began."""
        self._routes = {
            WEBHOOKS + source.name: self._intake.route(source, vendor) for source, vendor in sources
        }
        self._urls = {path.encode(): route for path, route in self._routes.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http", scope["type"]
        path = scope["path"]
        route = self._routes.get(path)
        try:
            if route is not None:
                answer = await self._take(route, scope, receive)
            else:
                answer = await self._page(path, scope["method"])
        except Exception as error:  # noqa: BLE001 — the request ends here
            answer = self._intake.refuse(route, error)
        status, headers, body = answer
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

    def take_whole(
        self, url: bytes, method: bytes, headers: RawHeaders, body: bytes, tell: Tell
    ) -> bool:
        """A webhook that is there with all of its body, and is nothing but usual, needs no
        conversation and no task. False where it is not: then it has to be asked by ASGI.
        """
        route = self._urls.get(url)
        if route is None or method != b"POST" or not self._intake.is_prompt:
            return False
        if len(body) > self._body.limit:
            return False
        named = _named(headers)
        if "content-encoding" in named or "POST" not in route.vendor.methods:
            return False
        request = Request(method="POST", headers=named, query=b"", body=body)
        self._intake.begin(route, request, tell)
        return True

    async def _take(self, route: Route, scope: Scope, receive: Receive) -> Answer:
        """Store the webhook and answer with its receipt, or raise a Failure."""
        method = scope["method"]
        if method not in route.vendor.methods:
            raise WrongMethod(route.vendor.methods)
        headers = _named(scope["headers"])
        if headers.get("content-encoding", "identity") != "identity":
            raise Encoded
        request = Request(
            method=method,
            headers=headers,
            query=scope["query_string"],
            body=await self._body.read(headers.get("content-length"), receive),
        )
        return await self._intake.take(route, request)

    def refuse_connection(self, failure: Failure) -> Answer:
        """The answer to what is no request."""
        return self._intake.refuse(None, failure)

    async def _page(self, path: str, method: str) -> Answer:
        page = self._pages.get(path)
        if page is None:
            raise NoSuchSource
        if method not in ("GET", "HEAD"):
            raise WrongMethod(("GET", "HEAD"))
        return await page()

    async def _livez(self) -> Answer:
        return Answer(200, JSON, b'{"live":true}')

    async def _readyz(self) -> Answer:
        health = await self._ready()
        return Answer(200 if health.ready else 503, JSON, _encode(health))

    async def _metrics(self) -> Answer:
        self.metrics.ready.set((await self._ready()).ready)
        content_type = ((b"content-type", self.metrics.content_type),)
        return Answer(200, content_type, self.metrics.page())


def _named(headers: RawHeaders) -> dict[str, str]:
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in headers}
