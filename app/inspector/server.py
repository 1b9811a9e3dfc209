"""One process of the inspector: put together, served, stopped."""

from __future__ import annotations

import contextlib
import errno
import gc
import signal
import socket
from types import FrameType

import uvicorn

from app.avro.published import Published, load_published
from app.errors import UserError
from app.inspector.access.origin import is_loopback
from app.inspector.access.secret import Secret
from app.inspector.api.api import Api
from app.inspector.app import Inspector
from app.inspector.inspection import Inspection
from app.inspector.metrics import Metrics
from app.inspector.neighbour import Neighbour
from app.inspector.page.raw_log import KafkaRawLog
from app.inspector.page.site import Site
from app.inspector.registry import RegistryApi
from app.inspector.view.file import ViewFile
from app.kafka.connection import connection
from app.kafka.topics import Topics
from app.log import logger
from app.settings import Settings, revealed

_STOP_S = 1
_FAILED = 70
_SHORTEST = 16
# A batch of the view is tens of thousands of tuples, none of them in a circle.
_COLLECTING = (100_000, 20, 50)


def run_inspector(settings: Settings) -> int:
    """Serve until SIGINT or SIGTERM; the process's exit code. Raises UserError when it cannot
    listen, cannot keep a view, or would be open to everybody.
    """
    host, port = settings.inspector_host, settings.inspector_port
    with contextlib.ExitStack() as held:
        listener = held.enter_context(contextlib.closing(_listen(host, port)))
        host, port = listener.getsockname()[:2]
        secret = _secret(settings, host)
        file = held.enter_context(contextlib.closing(_view_file(settings)))
        file.hold()
        published = load_published(settings.schema_registry_url)
        inspection = _inspection(settings, published, file)
        held.callback(inspection.logs.close)
        server = _Server(_config(_inspector(settings, published, inspection, secret)), inspection)
        logger("inspector").info(
            "listening",
            host=host,
            port=port,
            registry=settings.schema_registry_url is None,
            token=secret.is_asked,
        )
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, server.handle_exit)  # in force before and after uvicorn's own
        inspection.follower.failed = server.fail
        gc.freeze()  # what there is now stays
        gc.set_threshold(*_COLLECTING)
        inspection.follower.start()
        try:
            server.run([listener])
        finally:
            inspection.follower.stop()
        logger("inspector").info("stopped")
        return server.exit_code


def _inspection(settings: Settings, published: Published, file: ViewFile) -> Inspection:
    return Inspection(
        connection(settings),
        Topics(settings.topic_prefix),
        published,
        file,
        Neighbour(settings.endpoint_host, settings.endpoint_port),
    )


def _inspector(
    settings: Settings, published: Published, inspection: Inspection, secret: Secret
) -> Inspector:
    return Inspector(
        RegistryApi(published, settings.topic_prefix),
        Metrics(inspection),
        api=Api(inspection, token=secret.is_asked),
        page=Site(inspection, KafkaRawLog(settings, published, inspection.logs)).routes(),
        secret=secret,
        warnings=inspection.warnings,
    )


class _Server(uvicorn.Server):
    """Lets those go who wait for news, so that it ends at once."""

    def __init__(self, config: uvicorn.Config, inspection: Inspection) -> None:
        super().__init__(config)
        self._inspection = inspection
        self.exit_code = 0

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        self._inspection.news.end()

    def fail(self) -> None:
        """From another thread."""
        self.exit_code = _FAILED
        self.should_exit = True
        self._inspection.news.end()


def _config(app: Inspector) -> uvicorn.Config:
    return uvicorn.Config(
        app,  # pyright: ignore[reportArgumentType]
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


def _view_file(settings: Settings) -> ViewFile:
    return ViewFile(settings.data_dir / "inspector" / f"{settings.topic_prefix}view.sqlite3")


def _secret(settings: Settings, host: str) -> Secret:
    """Raises UserError where anybody who reaches the address could read everything."""
    token = revealed(settings.token)
    if token is None:
        if is_loopback(host):
            return Secret(None)
        raise UserError(
            f"The inspector would show everything to everybody who reaches {host}.",
            "Set HOOKLINE_TOKEN to a secret (openssl rand -hex 24), or listen on 127.0.0.1.",
        )
    if len(token) < _SHORTEST or not token.isprintable() or token != token.strip():
        raise UserError(
            f"HOOKLINE_TOKEN has to have at least {_SHORTEST} characters, none of them a space "
            "at its ends or a control character.",
            "Make one with: openssl rand -hex 24",
        )
    return Secret(token)


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
