"""One process of the endpoint: put together, served, and stopped in order."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
import socket
import time
from collections.abc import Callable

import uvicorn
import uvloop

from app.core.vendors import vendor_named
from app.core.vendors.contract import Source
from app.endpoint.app import Endpoint
from app.endpoint.body import BodyReader
from app.endpoint.corked import CorkedProtocol
from app.endpoint.health import KafkaReadiness
from app.endpoint.kafka_log import KafkaLog, producer_config
from app.errors import UserError
from app.kafka.provision import check_partitions
from app.kafka.topics import Topics, max_message_bytes
from app.log import logger
from app.settings import Settings

KEEP_ALIVE_S = 30
BACKLOG = 2_048
_FLUSH_S = 0.5
_BODY_GRACE_S = 1.0


def run_endpoint(settings: Settings, sources: tuple[Source, ...]) -> int:
    """Serve until SIGINT or SIGTERM; the process's exit code. Raises UserError when it cannot
    start: the port, Kafka, or the topics.
    """
    with (
        contextlib.closing(listen(settings.endpoint_host, settings.endpoint_port)) as listener,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        return runner.run(_serve(settings, sources, listener))


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


async def _serve(settings: Settings, sources: tuple[Source, ...], listener: socket.socket) -> int:
    topics = Topics(settings.topic_prefix)
    say = logger("endpoint")
    broken: list[str] = []

    def give_up(why: str) -> None:
        say.critical("the Kafka producer is of no more use: stopping", why=why)
        broken.append(why)
        server.should_exit = True

    log = KafkaLog(
        producer_config(
            settings.bootstrap,
            ack_timeout_s=settings.endpoint_ack_timeout_s,
            max_message=max_message_bytes(settings.endpoint_max_body_bytes),
        ),
        topics.raw,
        settings.endpoint_ack_timeout_s,
        on_error=_seldom(lambda what: say.warning("kafka", error=what)),
        on_fatal=give_up,
    )
    # Nothing else is to run yet, so this may block. Meanwhile librdkafka gets its producer id: a
    # first webhook would wait for that, half a second or more.
    check_partitions(settings.bootstrap, topics, settings.partitions)
    body = BodyReader(settings.endpoint_max_body_bytes, settings.endpoint_body_timeout_s)
    endpoint = Endpoint(
        [(source, vendor_named(source.vendor)) for source in sources],
        log,
        body=body,
        ready=KafkaReadiness(log.producer, topics.raw, settings.partitions),
        signature_window_s=settings.endpoint_signature_window_s,
    )
    endpoint.metrics.watch_waiting(lambda: log.waiting)
    server = Server(endpoint, body, stop_s=_stop_seconds(settings))
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, server.handle_exit)  # in force before and after uvicorn's own
    host, port = listener.getsockname()[:2]
    say.info("listening", host=host, port=port, topic=topics.raw, sources=[s.name for s in sources])
    gc.freeze()  # what is there now stays: the collector need not look at it again
    try:
        await server.serve([listener])
    finally:
        await log.close()
    say.info("stopped")
    return 1 if broken else 0


class Server(uvicorn.Server):
    """uvicorn, which when it stops gives bodies that are still arriving a moment, and no more."""

    def __init__(self, endpoint: Endpoint, body: BodyReader, stop_s: float) -> None:
        super().__init__(
            uvicorn.Config(
                endpoint,  # pyright: ignore[reportArgumentType]
                http=CorkedProtocol,
                ws="none",
                lifespan="off",
                interface="asgi3",
                log_config=None,
                log_level="error",
                access_log=False,
                proxy_headers=False,
                server_header=False,
                backlog=BACKLOG,
                timeout_keep_alive=KEEP_ALIVE_S,
                timeout_graceful_shutdown=stop_s,  # pyright: ignore[reportArgumentType]
            )
        )
        self._body = body
        self._grace_s = min(_BODY_GRACE_S, stop_s / 4)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._body.hurry(self._grace_s)
        await super().shutdown(sockets)


def _stop_seconds(settings: Settings) -> float:
    """How long requests may take to be answered once the process stops: never less than the
    answers of Kafka to webhooks whose bodies come last.
    """
    least = settings.endpoint_ack_timeout_s + _BODY_GRACE_S + _FLUSH_S
    return max(settings.endpoint_shutdown_s - _FLUSH_S, least)


def _seldom(say: Callable[[str], None], every_s: float = 5.0) -> Callable[[str], None]:
    """Say each thing now and then only: while Kafka is away, librdkafka repeats itself."""
    last: dict[str, float] = {}

    def said(what: str) -> None:
        now = time.monotonic()
        if now - last.get(what, float("-inf")) >= every_s:
            last[what] = now
            say(what)

    return said
