"""Stands before everything else: lets in who may come in."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.inspector.access.headers import DEFAULTS, HEADERS
from app.inspector.access.login import COOKIE, LOGIN, LOGOUT, log_in, log_out, to_login
from app.inspector.access.origin import host_of, is_cross_origin, is_loopback
from app.inspector.access.secret import Secret
from app.inspector.api.problem import Problem

_SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")


class Guard:
    """`is_open` tells of a request whether anybody may ask it: health, metrics, schemas.

    Where a token is asked for: `Authorization: Bearer`, or the cookie that the form at /login
    gives. Where none is, the inspector is on loopback, and only requests for a loopback name are
    answered: any website could have its name resolved to 127.0.0.1. Other sites' pages may send
    nothing that writes. `request.state.csrf` is what a form that writes must bring back; it is
    empty for who brought the token, whom no other site's page can imitate.
    """

    def __init__(self, app: ASGIApp, secret: Secret, is_open: Callable[[Request], bool]) -> None:
        self._app = app
        self._secret = secret
        self._is_open = is_open

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        answer = self._refuse(request)
        if answer is None and not self._is_open(request):
            answer = await self._sign_in(request)
        await (answer or self._app)(scope, receive, _told(send))

    def _refuse(self, request: Request) -> Response | None:
        """By where the request comes from, whoever sends it."""
        if not self._secret.is_asked and not is_loopback(host_of(request.headers)):
            return Problem(
                HTTPStatus.MISDIRECTED_REQUEST,
                "This inspector answers only at a loopback address, such as 127.0.0.1 or "
                "localhost. To open it to others, set HOOKLINE_TOKEN and HOOKLINE_INSPECTOR_HOST.",
            ).response()
        if request.method not in _SAFE and is_cross_origin(request.headers):
            return Problem(403, "Another site's page may not do that.").response()
        return None

    async def _sign_in(self, request: Request) -> Response | None:
        """By who sends it. None for whoever may go on."""
        path, session = request.url.path, request.cookies.get(COOKIE, "")
        if path == LOGIN and self._secret.is_asked:
            return await log_in(request, self._secret)
        if not self._secret.is_asked or self._secret.is_session(session):
            request.state.csrf = self._secret.form_word(session if self._secret.is_asked else "")
            return log_out() if path == LOGOUT else None
        if self._has_token(request.headers):
            request.state.csrf = ""
            return None
        if request.method in ("GET", "HEAD") and "text/html" in request.headers.get("accept", ""):
            return to_login(request)
        return Problem(
            401,
            "A token is needed: Authorization: Bearer, with what HOOKLINE_TOKEN has.",
            {"www-authenticate": 'Bearer realm="hookline"'},
        ).response()

    def _has_token(self, headers: Headers) -> bool:
        scheme, _, given = headers.get("authorization", "").partition(" ")
        return scheme.lower() == "bearer" and self._secret.is_token(given.strip())


def _told(send: Send) -> Send:
    """Adds what browsers are told."""

    async def tell(message: Message) -> None:
        if message["type"] == "http.response.start":
            message.setdefault("headers", [])
            headers = MutableHeaders(scope=message)
            for name, value in DEFAULTS.items():
                headers.setdefault(name, value)
            for name, value in HEADERS.items():
                headers[name] = value
        await send(message)

    return tell
