"""One process of the inspector: put together, served, stopped."""

from __future__ import annotations

import contextlib
import errno
import signal
import socket

import uvicorn

from app.avro.published import load_published
from app.errors import UserError
from app.inspector.app import Inspector
from app.inspector.registry import RegistryApi
from app.log import logger
from app.settings import Settings

_STOP_S = 1


def run_inspector(settings: Settings) -> int:
    """Serve until SIGINT or SIGTERM; the process's exit code. Raises UserError when it cannot
    listen.
    """
    host, port = settings.inspector_host, settings.inspector_port
    with contextlib.closing(_listen(host, port)) as listener:
        registry = RegistryApi(load_published(), settings.topic_prefix)
        config = uvicorn.Config(
            Inspector(registry),  # pyright: ignore[reportArgumentType]
            ws="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            log_level="error",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=_STOP_S,
        )
        say = logger("inspector")
        host, port = listener.getsockname()[:2]
        say.info("listening", host=host, port=port, registry=settings.schema_registry_url is None)
        server = uvicorn.Server(config)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, server.handle_exit)  # in force before and after uvicorn's own
        server.run([listener])
        say.info("stopped")
    return 0


def _listen(host: str, port: int) -> socket.socket:
    """A bound socket. Raises UserError."""
    try:
        family, kind, proto, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as error:
        raise _no_address(host, error) from None
    listener = socket.socket(family, kind, proto)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRNOTAVAIL:
            raise _no_address(host, error) from None
        raise UserError(
            f"The inspector cannot listen on {host} port {port}: {error.strerror}.",
            "Choose another port with --port or HOOKLINE_INSPECTOR_PORT, or stop what holds it.",
        ) from None
    return listener


def _no_address(host: str, error: OSError) -> UserError:
    return UserError(
        f"The inspector cannot listen on {host!r}: {error.strerror}.",
        "Name an address of this machine with --host or HOOKLINE_INSPECTOR_HOST.",
    )
