"""One process of the endpoint: put together, served, and stopped in order."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import resource
import signal
import socket
import time

import uvicorn
import uvloop

from app.core.vendors.contract import Source
from app.endpoint.app import Endpoint
from app.endpoint.assembly import assembled
from app.endpoint.body import DISCARDED_BYTES, BodyReader
from app.endpoint.limited import LimitedProtocol, look_at
from app.endpoint.reload import ReadSources, Reload
from app.endpoint.spool.file_spool import KEEP_TIMEOUT_S
from app.errors import UserError
from app.log import logger
from app.settings import Settings

KEEP_ALIVE_S = 30
BACKLOG = 2_048
_FLUSH_S = 0.5
_BODY_GRACE_S = 1.0
_TICKS_A_LOOK = 10  # uvicorn ticks ten times a second
_FILES_AT_MOST = 65_536
_FILES_OF_OTHERS = 256  # Kafka's connections, the spool's files


def run_endpoint(
    settings: Settings, sources: tuple[Source, ...], read_sources: ReadSources | None = None
) -> int:
    """Serve until SIGINT or SIGTERM; the process's exit code. While Kafka is away it spools.

    `read_sources` reads them anew on SIGHUP; a UserError of it leaves them as they are. Raises
    UserError where it cannot serve: the port, the spool's folder, or topics that are not the right
    ones.
    """
    LimitedProtocol.max_connections = _open_files() - _FILES_OF_OTHERS
    LimitedProtocol.max_body_wire_bytes = 2 * settings.endpoint_max_body_bytes + 2 * DISCARDED_BYTES
    with (
        contextlib.closing(listen(settings.endpoint_host, settings.endpoint_port)) as listener,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        return runner.run(_serve(settings, sources, listener, read_sources))


def _open_files() -> int:
    """As many as the system allows; by itself it is often a thousand."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most == resource.RLIM_INFINITY or most > _FILES_AT_MOST:
        most = _FILES_AT_MOST
    resource.setrlimit(
        resource.RLIMIT_NOFILE, (most, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    )
    return most


def listen(host: str, port: int) -> socket.socket:
    """A listening socket: from here on the port is taken, and clients wait to be answered."""
    try:
        family, kind, proto, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as error:
        raise UserError(
            f"The endpoint cannot listen on {host!r}: {error.strerror}.",
            "Name an address of this machine with --host or HOOKLINE_ENDPOINT_HOST.",
        ) from None
    listener = socket.socket(family, kind, proto)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
        listener.listen(BACKLOG)  # two that are only bound can share a port
    except OSError as error:
        listener.close()
        raise UserError(
            f"The endpoint cannot listen on {host} port {port}: {error.strerror}.",
            "Choose another port with --port or HOOKLINE_ENDPOINT_PORT, or stop what holds it.",
        ) from None
    return listener


async def _serve(
    settings: Settings,
    sources: tuple[Source, ...],
    listener: socket.socket,
    read_sources: ReadSources | None,
) -> int:
    say = logger("endpoint")
    ended: list[Exception | str] = []
    server: Server | None = None

    def give_up(why: Exception | str) -> None:
        if not isinstance(why, UserError):
            say.critical("the endpoint cannot go on: stopping", why=str(why))
        ended.append(why)
        if server is not None:
            server.should_exit = True

    async with assembled(settings, sources, give_up) as parts:
        server = Server(
            parts.endpoint,
            parts.body,
            stop_s=_stop_seconds(settings),
            header_timeout_s=settings.endpoint_header_timeout_s,
        )
        server.should_exit = bool(ended)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, server.handle_exit)  # in force before and after uvicorn's own
        if read_sources is not None:
            reload = Reload(parts.endpoint, read_sources)
            asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, reload)
        host, port = listener.getsockname()[:2]
        names = [source.name for source in sources]
        say.info("listening", host=host, port=port, topic=parts.log.topic, sources=names)
        gc.freeze()  # what is there now stays: the collector need not look at it again
        await server.serve([listener])
    if ended and isinstance(ended[0], UserError):
        raise ended[0]
    say.info("stopped")
    return 1 if ended else 0


class Server(uvicorn.Server):
    """uvicorn, which looks after connections that say nothing; and which when it stops gives
    bodies that are still arriving a moment, and no more.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        body: BodyReader,
        stop_s: float,
        header_timeout_s: float = 10,
        keep_alive_s: float = KEEP_ALIVE_S,
    ) -> None:
        super().__init__(
            uvicorn.Config(
                endpoint,  # pyright: ignore[reportArgumentType]
                http=LimitedProtocol,
                ws="none",
                lifespan="off",
                interface="asgi3",
                log_config=None,
                log_level="error",
                access_log=False,
                proxy_headers=False,
                server_header=False,
                backlog=BACKLOG,
                timeout_graceful_shutdown=stop_s,  # pyright: ignore[reportArgumentType]
            )
        )
        self._body = body
        self._grace_s = min(_BODY_GRACE_S, stop_s / 4)
        self._header_timeout_s = header_timeout_s
        self._keep_alive_s = keep_alive_s

    async def on_tick(self, counter: int) -> bool:
        if counter % _TICKS_A_LOOK == 0:
            connections, now = self.server_state.connections, time.monotonic()
            look_at(connections, now, self._header_timeout_s, self._keep_alive_s)
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._body.hurry(self._grace_s)
        await super().shutdown(sockets)


def _stop_seconds(settings: Settings) -> float:
    """How long requests may take to be answered once the process stops: never less than the
    answers of Kafka to webhooks whose bodies come last, and then of the spool.
    """
    least = settings.endpoint_ack_timeout_s + KEEP_TIMEOUT_S + _BODY_GRACE_S + _FLUSH_S
    return max(settings.endpoint_shutdown_s - _FLUSH_S, least)
