"""Forms that write: each brings back a word that only this site's own pages have."""

from __future__ import annotations

import hmac
from urllib.parse import parse_qs

from starlette.requests import Request

NAME = "csrf"
_LONGEST = 4_096


def word_of(request: Request) -> str:
    """What the guard says that a form must bring back; empty for who brought the token itself."""
    return getattr(request.state, NAME, "")


async def is_ours(request: Request) -> bool:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LONGEST:
            return False
    given = parse_qs(body.decode("latin-1")).get(NAME, [""])[0]
    word = word_of(request)
    return not word or hmac.compare_digest(given.encode(), word.encode())
