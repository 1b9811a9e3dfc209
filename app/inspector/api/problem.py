"""Errors as problem+json (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

import msgspec
from starlette.responses import Response

MEDIA_TYPE = "application/problem+json"


class Problem(Exception):
    """An answer that is an error; `detail` is a sentence that says what to do."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers or {}

    def response(self) -> Response:
        body = ProblemBody(
            title=HTTPStatus(self.status).phrase, status=self.status, detail=self.detail
        )
        return Response(
            msgspec.json.encode(body),
            self.status,
            headers={"cache-control": "no-store", **self.headers},
            media_type=MEDIA_TYPE,
        )


class ProblemBody(msgspec.Struct, frozen=True, kw_only=True):
    """What went wrong."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
