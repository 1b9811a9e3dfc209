"""The ASGI application: /livez, /readyz, /metrics, and the registry's read API."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qsl

from app.inspector.answers import Answer, Refusal
from app.inspector.metrics import Metrics
from app.inspector.registry import RegistryApi
from app.log import logger

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

JSON = "application/json"
LARGEST_BODY = 1 << 20


class Inspector:
    """Answers every request; it keeps nothing, so it is ready as soon as it answers."""

    def __init__(self, registry: RegistryApi, metrics: Metrics | None = None) -> None:
        self.metrics = metrics or Metrics()
        self._registry = registry
        self._say = logger("inspector")
        self._pages = {
            "/livez": lambda: Answer(200, b'{"live":true}', JSON),
            "/readyz": lambda: Answer(200, b'{"ready":true,"not_ready":[]}', JSON),
            "/metrics": lambda: Answer(200, self.metrics.page(), self.metrics.content_type),
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http", scope["type"]
        try:
            route, answer = await self._answer(scope, receive)
        except Exception as error:  # noqa: BLE001 - the request ends here
            self._say.error("a request failed", path=scope["path"], error=type(error).__name__)
            route, answer = "", Refusal(50001, "Hookline could not answer").answer()
        self.metrics.requests.labels(route, str(answer.status)).inc()
        headers = [
            (b"content-type", answer.content_type.encode()),
            (b"content-length", str(len(answer.body)).encode()),
        ]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        body = b"" if scope["method"] == "HEAD" else answer.body
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, scope: Scope, receive: Receive) -> tuple[str, Answer]:
        method, path = scope["method"], scope["path"]
        page = self._pages.get(path)
        if page is not None and method in ("GET", "HEAD"):
            return path, page()
        body = b""
        if method == "POST":
            read = await _body(receive)
            if read is None:
                return "", Refusal(413, "The request is too large").answer()
            body = read
        query = dict(parse_qsl(scope["query_string"].decode("latin-1")))
        return self._registry.answer(method, path, query, body)


async def _body(receive: Receive) -> bytes | None:
    """The body; None where it is larger than any schema."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return bytes(body)
        body += message.get("body", b"")
        if len(body) > LARGEST_BODY:
            return None
        if not message.get("more_body", False):
            return bytes(body)
