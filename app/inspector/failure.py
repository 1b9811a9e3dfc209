"""What is answered where the inspector itself fails, in the form that whoever asks can read."""

from __future__ import annotations

from starlette.responses import HTMLResponse, Response

from app.inspector.access.headers import DEFAULTS, HEADERS
from app.inspector.answers import Answer, Refusal
from app.inspector.api.problem import Problem

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark light">
<title>Hookline could not answer</title>
<link rel="stylesheet" href="/static/page.css">
</head>
<body class="login">
<main>
<h1>Hookline could not answer</h1>
<p>This is a fault of the inspector, and its log says which. The other screens may well work:
begin at the <a href="/">overview</a>.</p>
</main>
</body>
</html>
"""


def failed_page() -> Response:
    """Without anything that the screens are made of: that may be what failed."""
    return HTMLResponse(_PAGE, 500, headers={**HEADERS, **DEFAULTS})


def failed_api() -> Response:
    return Problem(500, "Hookline could not answer: the inspector's log says why.").response()


def failed_registry() -> Answer:
    return Refusal(50001, "Hookline could not answer").answer()
