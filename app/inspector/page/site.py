"""The page as handlers of requests, to be mounted beside the API: see `routes`."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route

from app.errors import UserError
from app.inspector.access.login import COOKIE
from app.inspector.page.files import Files
from app.inspector.page.forms import is_ours, word_of
from app.inspector.page.frame import frame, fresh
from app.inspector.page.histories import Histories
from app.inspector.page.letter_screens import cause_screen, letters_screen, redrive
from app.inspector.page.links import LISTS
from app.inspector.page.list_screens import list_screen, search_screen
from app.inspector.page.live import events
from app.inspector.page.overview import overview_screen
from app.inspector.page.port import Inspected, RawLog
from app.inspector.page.query import Query
from app.inspector.page.record_screen import record_screen
from app.inspector.page.render import Renderer
from app.inspector.page.row_screens import row_screen
from app.inspector.page.schema_screens import schema_screen, schemas_screen
from app.inspector.page.screen import Answer, Ask, Elsewhere, Raw, Screen, nothing
from app.inspector.view.file import NoView
from app.inspector.view.row_list import BadCursor

Build = Callable[[Ask], Answer]


class Site:
    """All screens of one installation."""

    def __init__(self, inspected: Inspected, raw_log: RawLog) -> None:
        self._inspected = inspected
        self._raw_log = raw_log
        self._histories = Histories()
        self._renderer = Renderer()

    def routes(self) -> list[BaseRoute]:
        screens: list[tuple[str, Build]] = [
            ("/", overview_screen),
            ("/search", search_screen),
            ("/fresh", _fresh),
            ("/dead-letters", letters_screen),
            ("/dead-letters/{fingerprint}", cause_screen),
            ("/schemas", _schemas),
            ("/event-schemas", schemas_screen),
            ("/event-schemas/{vendor}/{name}", schema_screen),
            ("/records/{raw}", record_screen),
        ]
        for kind, path in LISTS.items():
            screens += [
                (path, list_screen(kind)),
                (f"{path}/{{source}}", row_screen(kind)),
                (f"{path}/{{source}}/{{id:path}}", row_screen(kind)),
            ]
        return [
            *(Route(path, self._handler(build)) for path, build in screens),
            Route("/dead-letters/{fingerprint}/redrive", self._writer(redrive), methods=["POST"]),
            Route("/live", self._live),
            Mount("/static", Files()),
            Route("/{path:path}", self._handler(_nowhere)),
        ]

    def _handler(self, build: Build) -> Callable[[Request], Any]:
        async def handle(request: Request) -> Response:
            return await run_in_threadpool(self._answer, build, request)

        return handle

    def _writer(self, build: Build) -> Callable[[Request], Any]:
        """For a form that brings back what this site gave it."""

        async def handle(request: Request) -> Response:
            if not await is_ours(request):
                return await run_in_threadpool(self._answer, _refused, request)
            return await run_in_threadpool(self._answer, build, request)

        return handle

    def _answer(self, build: Build, request: Request) -> Response:
        ask = self._ask(request)
        try:
            answer = build(ask)
        except NoView:
            answer = Screen(template="building.html", context={}, here="", status=503)
        except BadCursor:
            answer = nothing("This page of the list is no more", "Begin at its first page.", 400)
        except UserError as error:
            answer = nothing("That cannot be answered now", str(error), 503)
        match answer:
            case Elsewhere(url):
                return RedirectResponse(url, 303)
            case Raw(body=body, name=name):
                headers = {"content-disposition": f'attachment; filename="{name}"'}
                return Response(body, media_type="application/octet-stream", headers=headers)
            case Screen():
                return HTMLResponse(self._html(ask, answer), answer.status)

    def _ask(self, request: Request) -> Ask:
        return Ask(
            inspected=self._inspected,
            raw_log=self._raw_log,
            histories=self._histories,
            query=Query(request.query_params),
            path=request.url.path,
            params=request.path_params,
            now=time.time_ns() // 1000,
            csrf=word_of(request),
            signed_in=COOKIE in request.cookies,
        )

    def _html(self, ask: Ask, screen: Screen) -> str:
        context: dict[str, Any] = {
            "now": ask.now,
            "csrf": ask.csrf,
            "signed_in": ask.signed_in,
            **screen.context,
        }
        if screen.here is not None:
            context["frame"] = frame(ask.inspected, screen.here, ask.now, screen.q)
        return self._renderer.page(screen.template, context)

    async def _live(self, request: Request) -> Response:
        return StreamingResponse(
            events(self._inspected),
            media_type="text/event-stream",
            headers={"cache-control": "no-store"},
        )


def _fresh(ask: Ask) -> Answer:
    shown = {"fresh": fresh(ask.inspected, ask.now)}
    return Screen(template="fresh.html", context={"frame": shown})


def _schemas(_: Ask) -> Answer:
    """What a person types: to programs that path is the registry's."""
    return Elsewhere("/event-schemas")


def _nowhere(ask: Ask) -> Answer:
    return nothing("There is no such page", f"{ask.path} leads nowhere.", 404)


def _refused(ask: Ask) -> Answer:
    words = "It was not sent by a page of this inspector, or that page is old. Open it anew."
    return nothing("This form was refused", words, 403)
