"""The form that asks for the token, and the session that it gives."""

from __future__ import annotations

import asyncio
from html import escape
from urllib.parse import parse_qs, quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from app.inspector.access.secret import SESSION_S, Secret
from app.inspector.api.problem import Problem
from app.inspector.bare_page import bare_page

LOGIN, LOGOUT = "/login", "/logout"
COOKIE = "hookline_session"
_WRONG_S = 0.5  # how long a wrong token has to wait
_LONGEST_FORM = 4_096

_MAIN = """<h1>Hookline inspector</h1>
<form method="post" action="/login?next={onward}">
{wrong}<label for="token">Token</label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus>
<button>Sign in</button>
</form>
<p>It is what <code>HOOKLINE_TOKEN</code> has where the inspector runs.</p>"""
_WRONG = '<p role="alert">This is not the token.</p>\n'


def to_login(request: Request) -> Response:
    """And back to where the request wanted to go."""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"{LOGIN}?next={quote(request.url.path + query, safe='')}", 303)


async def log_in(request: Request, secret: Secret) -> Response:
    """Answer /login: the form, or what was sent with it."""
    onward = _onward(request.query_params.get("next", "/"))
    if request.method in ("GET", "HEAD"):
        return HTMLResponse(_page(onward))
    if request.method != "POST":
        return Problem(405, "Send the form.", {"allow": "GET, HEAD, POST"}).response()
    form = await _form(request)
    if form is None or not secret.is_token(form.get("token", "")):
        await asyncio.sleep(_WRONG_S)
        return HTMLResponse(_page(onward, wrong=True), 401)
    answer = RedirectResponse(onward, 303)
    answer.set_cookie(
        COOKIE,
        secret.new_session(),
        max_age=SESSION_S,
        httponly=True,
        samesite="strict",
        secure=_is_https(request),
    )
    return answer


def log_out() -> Response:
    answer = RedirectResponse(LOGIN, 303)
    answer.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return answer


def _page(onward: str, *, wrong: bool = False) -> str:
    action, again = escape(quote(onward, safe="")), _WRONG if wrong else ""
    return bare_page("Sign in · Hookline", _MAIN.format(onward=action, wrong=again))


def _is_https(request: Request) -> bool:
    """Also where a proxy in front of this has the certificate."""
    return "https" in (request.url.scheme, request.headers.get("x-forwarded-proto"))


def _onward(path: str) -> str:
    """Only to a path of this inspector: `//elsewhere` and `/\\elsewhere` are other hosts."""
    is_ours = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if is_ours else "/"


async def _form(request: Request) -> dict[str, str] | None:
    """Its fields; None where it is too long, or no form."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LONGEST_FORM:
            return None
    try:
        fields = parse_qs(body.decode(), keep_blank_values=True)
    except ValueError:
        return None
    return {name: values[0] for name, values in fields.items()}
