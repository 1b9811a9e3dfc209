"""A page without anything that the screens are made of: those may be refused, or have failed."""

from __future__ import annotations

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark light">
<title>{title}</title>
<link rel="stylesheet" href="/static/page.css">
</head>
<body class="login">
<main>
{main}
</main>
</body>
</html>
"""


def bare_page(title: str, main: str) -> str:
    """Both HTML."""
    return _PAGE.format(title=title, main=main)
