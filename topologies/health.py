"""The worker's own HTTP: alive, ready, metrics. Nothing else is served."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest

from app.errors import UserError
from topologies.readiness import Readiness


@asynccontextmanager
async def health_server(
    host: str, port: int, readiness: Callable[[], Readiness], registry: CollectorRegistry
) -> AsyncIterator[None]:
    """Serve `/livez`, `/readyz` (200 only when rows are recovered and records are processed) and
    `/metrics` while the block runs. Raises UserError where the port is taken.
    """

    async def livez(_: web.Request) -> web.Response:
        return web.json_response({"live": True})

    async def readyz(_: web.Request) -> web.Response:
        found = readiness()
        ready = not found.not_ready
        return web.json_response({"ready": ready, **found._asdict()}, status=200 if ready else 503)

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(body=generate_latest(registry), content_type="text/plain")

    site = web.Application()
    site.add_routes(
        [web.get("/livez", livez), web.get("/readyz", readyz), web.get("/metrics", metrics)]
    )
    runner = web.AppRunner(site, access_log=None)
    await runner.setup()
    try:
        await _listen(runner, host, port)
        yield
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, host: str, port: int) -> None:
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        raise UserError(
            f"The worker cannot listen on {host}:{port}: {error.strerror}.",
            "Free it, or choose another with HOOKLINE_WORKER_METRICS_PORT.",
        ) from None
