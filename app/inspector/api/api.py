"""Answers requests under /api."""

from __future__ import annotations

import time
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from app.avro.published import Published
from app.avro.row_codecs import row_schemas
from app.errors import UserError
from app.inspector.api import events, letters, rows, schemas, status
from app.inspector.api.openapi import description
from app.inspector.api.operation import Asked, Operation
from app.inspector.api.parameters import read
from app.inspector.api.problem import Problem
from app.inspector.inspection import Inspection
from app.inspector.view.file import NoView

_DESCRIPTION = "/api/openapi.json"
_FRESH = {"cache-control": "no-store"}


def operations() -> list[Operation]:
    return [
        *rows.operations(),
        *letters.operations(),
        *status.operations(),
        *schemas.operations(),
        events.operation(),
    ]


def described(published: Published, *, token: bool) -> dict[str, Any]:
    """As OpenAPI."""
    tables = row_schemas(published.repository)
    return description(operations(), tables, version("hookline"), token=token)


class Api:
    """Of one inspection. `token`: whether the API's description is to ask for one."""

    def __init__(self, inspection: Inspection, *, token: bool = False) -> None:
        self._inspection = inspection
        self._operations = operations()
        self._description = msgspec.json.encode(described(inspection.published, token=token))

    async def answer(self, request: Request) -> tuple[str, Response]:
        """The route that was taken (for metrics), and its answer."""
        path = _raw_path(request)
        if path == _DESCRIPTION:
            return path, self._read_only(request) or _json(self._description)
        for operation in self._operations:
            parts = operation.match(path)
            if parts is not None:
                refused = self._read_only(request)
                if refused is not None:
                    return operation.path, refused
                try:
                    return operation.path, await self._answer(operation, parts, request)
                except Problem as problem:
                    return operation.path, problem.response()
        return "", Problem(404, f"There is nothing at {path}: see {_DESCRIPTION}.").response()

    def _read_only(self, request: Request) -> Response | None:
        if request.method in ("GET", "HEAD"):
            return None
        return Problem(405, "The API is read-only.", {"allow": "GET, HEAD"}).response()

    async def _answer(
        self, operation: Operation, parts: Mapping[str, str], request: Request
    ) -> Response:
        asked = parse_qsl(request.url.query, keep_blank_values=True)
        query = read(operation.query, asked)
        if operation.answer is None:
            found = events.events(self._inspection)
            return StreamingResponse(found, media_type=operation.media_type, headers=_FRESH)
        now = time.time_ns() // 1_000
        try:
            answer = await run_in_threadpool(
                operation.answer, self._inspection, Asked(parts, query, now)
            )
        except NoView:
            raise Problem(
                503, "The view is being made: see /api/status.", {"retry-after": "2"}
            ) from None
        except UserError as error:
            raise Problem(503, str(error), {"retry-after": "5"}) from None
        return _json(msgspec.json.encode(answer))


def _json(body: bytes) -> Response:
    return Response(body, headers=_FRESH, media_type="application/json")


def _raw_path(request: Request) -> str:
    """Still percent-encoded: an id may hold slashes."""
    raw: bytes | None = request.scope.get("raw_path")
    return request.scope["path"] if raw is None else raw.partition(b"?")[0].decode("latin-1")
