"""The ASGI application: health, metrics, the registry's read API, the API, the page."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Router
from starlette.types import Message, Receive, Scope, Send

from app.inspector.access.guard import Guard
from app.inspector.access.secret import Secret
from app.inspector.answers import Answer, Refusal
from app.inspector.api.api import Api
from app.inspector.failure import failed_api, failed_page, failed_registry
from app.inspector.metrics import Metrics
from app.inspector.registry import RegistryApi
from app.log import logger

JSON = "application/json"
LARGEST_BODY = 1 << 20
_OPEN = ("/livez", "/readyz", "/metrics", "/api/openapi.json")


class Inspector:
    """Answers every request, and counts it. It is ready as soon as it answers: what there is of
    the view is shown while it is being made, and says so.
    """

    def __init__(
        self,
        registry: RegistryApi,
        metrics: Metrics | None = None,
        *,
        api: Api | None = None,
        page: Sequence[BaseRoute] = (),
        secret: Secret | None = None,
        warnings: Callable[[], list[str]] = list,
    ) -> None:
        """Without `secret` everybody is let in: whoever has a view to show gives one. `warnings`:
        what is wrong though it answers, in sentences that anybody may read.
        """
        self.metrics = metrics or Metrics()
        self._registry = registry
        self._api = api
        self._page = Router(list(page), redirect_slashes=False)
        self._has_page = bool(page)
        self._say = logger("inspector")
        self._answers = (
            self._dispatch if secret is None else Guard(self._dispatch, secret, self._open)
        )
        self._own = {
            "/livez": lambda: Answer(200, b'{"live":true}', JSON),
            "/readyz": lambda: _ready(warnings()),
            "/metrics": lambda: Answer(200, self.metrics.page(), self.metrics.content_type),
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http", scope["type"]
        scope["hookline.route"] = ""
        status = 0

        async def counted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._answers(scope, receive, counted)
        except Exception as error:  # noqa: BLE001 - the request ends here
            self._say.error("a request failed", path=scope["path"], error=type(error).__name__)
            if not status:
                await self._failed(Request(scope))(scope, receive, counted)
        self.metrics.requests.labels(scope["hookline.route"], str(status)).inc()

    def _failed(self, request: Request) -> Response:
        if self._is_api(request.url.path):
            return failed_api()
        if self._has_page and not self._is_registry(request):
            return failed_page()
        return _response(failed_registry())

    def _is_api(self, path: str) -> bool:
        return self._api is not None and (path == "/api" or path.startswith("/api/"))

    def _open(self, request: Request) -> bool:
        """What anybody may ask for: it tells of no person."""
        path = request.url.path
        return path in _OPEN or path.startswith("/static/") or self._is_registry(request)

    def _is_registry(self, request: Request) -> bool:
        """The page's first screen and the registry's root have the same address."""
        path = request.url.path
        if path == "/" and self._has_page:
            return "text/html" not in request.headers.get("accept", "")
        return self._registry.has(path)

    async def _dispatch(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        path = request.url.path
        if path in self._own and request.method in ("GET", "HEAD"):
            scope["hookline.route"] = path
            response = _response(await run_in_threadpool(self._own[path]))
        elif self._api is not None and self._is_api(path):
            scope["hookline.route"], response = await self._api.answer(request)
        elif self._has_page and not self._is_registry(request):
            scope["hookline.route"] = "page"
            await self._page(scope, receive, send)
            return
        else:
            scope["hookline.route"], response = await self._of_registry(request)
        await response(scope, receive, send)

    async def _of_registry(self, request: Request) -> tuple[str, Response]:
        body = b""
        if request.method == "POST":
            read = await _body(request)
            if read is None:
                return "", _response(Refusal(413, "The request is too large").answer())
            body = read
        query = dict(request.query_params)
        route, answer = self._registry.answer(request.method, request.url.path, query, body)
        return route, _response(answer)


def _ready(warnings: list[str]) -> Answer:
    said = {"ready": True, "not_ready": [], "warnings": warnings}
    return Answer(200, msgspec.json.encode(said), JSON)


def _response(answer: Answer) -> Response:
    return Response(answer.body, answer.status, headers={"content-type": answer.content_type})


async def _body(request: Request) -> bytes | None:
    """The body; None where it is larger than any schema."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            return None
    return bytes(body)
