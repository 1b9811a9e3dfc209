"""What is answered where the inspector itself fails, in the form that whoever asks can read."""

from __future__ import annotations

from starlette.responses import HTMLResponse, Response

from app.inspector.access.headers import DEFAULTS, HEADERS
from app.inspector.answers import Answer, Refusal
from app.inspector.api.problem import Problem
from app.inspector.bare_page import bare_page

_TITLE = "Hookline could not answer"
_MAIN = f"""<h1>{_TITLE}</h1>
<p>This is a fault of the inspector, and its log says which. The other screens may well work:
begin at the <a href="/">overview</a>.</p>"""


def failed_page() -> Response:
    return HTMLResponse(bare_page(_TITLE, _MAIN), 500, headers={**HEADERS, **DEFAULTS})


def failed_api() -> Response:
    return Problem(500, "Hookline could not answer: the inspector's log says why.").response()


def failed_registry() -> Answer:
    return Refusal(50001, "Hookline could not answer").answer()
