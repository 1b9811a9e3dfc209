"""Style, scripts and icon: files that stay what they are under their address."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

_KEPT = "public, max-age=31536000, immutable"


class Files(StaticFiles):
    """Their addresses name their content, so browsers need never ask again."""

    def __init__(self) -> None:
        super().__init__(packages=[("app.inspector.page", "static")])

    async def get_response(self, path: str, scope: Scope) -> Response:
        try:
            response = await super().get_response(path, scope)
        except HTTPException as error:
            return PlainTextResponse(error.detail, error.status_code)
        if scope.get("query_string", b"").startswith(b"v="):
            response.headers["cache-control"] = _KEPT
        return response
