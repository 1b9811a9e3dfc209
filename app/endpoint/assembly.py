"""The parts of an endpoint, put together and taken apart again in order."""

from __future__ import annotations

import asyncio
import errno
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

from app.core.vendors import vendor_named
from app.core.vendors.contract import Source, Vendor
from app.endpoint.app import Endpoint
from app.endpoint.body import BodyReader
from app.endpoint.breaker import Breaker
from app.endpoint.drain import Drain
from app.endpoint.health import EndpointReadiness, KafkaReadiness
from app.endpoint.kafka_log import KafkaLog, producer_config
from app.endpoint.metrics import Metrics
from app.endpoint.spool.bounds import Bounds
from app.endpoint.spool.file_spool import FileSpool
from app.endpoint.spool.folder import prepare_folder, spool_folder
from app.endpoint.spool.news import News
from app.endpoint.storage import Storage
from app.endpoint.topic_check import TopicCheck
from app.errors import UserError
from app.kafka.connection import Connection, connection
from app.kafka.provision import check_partitions
from app.kafka.topics import Topics, max_message_bytes
from app.log import logger
from app.settings import Settings

_PATIENCE_S = 2.0
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)

GiveUp = Callable[[Exception | str], None]


class Parts(NamedTuple):
    endpoint: Endpoint
    body: BodyReader
    log: KafkaLog


@asynccontextmanager
async def assembled(
    settings: Settings, sources: tuple[Source, ...], give_up: GiveUp
) -> AsyncIterator[Parts]:
    """`give_up` is told why the process must end: a UserError, or what else went wrong.

    Raises UserError where the spool's folder cannot be used, or the topics are not the right ones.
    """
    topics = Topics(settings.topic_prefix)
    kafka = connection(settings)
    async with AsyncExitStack() as stack:
        metrics = Metrics()
        breaker = Breaker()
        bounds = Bounds(settings.endpoint_spool_max_bytes, settings.endpoint_spool_max_age_s)
        spool = _spool(settings, topics, bounds, News(metrics.spool_broken))
        stack.push_async_callback(spool.close)
        log = _log(settings, kafka, topics)
        stack.push_async_callback(log.close)
        check = TopicCheck(lambda: check_partitions(kafka, topics, settings.partitions), breaker)
        if not await check.at_start(_PATIENCE_S):
            _run(check.until_passed(), give_up, stack)
        _run(Drain(spool, log, breaker, metrics.spool_drained).run(), give_up, stack)
        metrics.watch_waiting(lambda: log.waiting)
        metrics.watch_spool(spool, bounds, breaker)
        body = BodyReader(settings.endpoint_max_body_bytes, settings.endpoint_body_timeout_s)
        readiness = KafkaReadiness(log.producer, topics.raw, settings.partitions)
        endpoint = Endpoint(
            with_vendors(sources),
            Storage(log, spool, breaker),
            body=body,
            ready=EndpointReadiness(readiness, spool),
            signature_window_s=settings.endpoint_signature_window_s,
            metrics=metrics,
        )
        yield Parts(endpoint, body, log)


def with_vendors(sources: tuple[Source, ...]) -> list[tuple[Source, Vendor]]:
    return [(source, vendor_named(source.vendor)) for source in sources]


def _spool(settings: Settings, topics: Topics, bounds: Bounds, news: News) -> FileSpool:
    """A disk that is full is no reason not to start: what fills it may be the spool itself."""
    folder = spool_folder(settings.data_dir, topics.raw)
    full: OSError | None = None
    try:
        prepare_folder(folder)
    except OSError as error:
        if error.errno not in _NO_ROOM or not folder.is_dir():
            raise _unusable(folder, error) from error
        full = error
    spool = FileSpool(folder, bounds, news)
    if full is not None:
        spool.broke(full.strerror or str(full))
    return spool


def _unusable(folder: Path, error: OSError) -> UserError:
    return UserError(
        f"The spool's folder {folder} cannot be used: {error.strerror}.",
        "It keeps webhooks while Kafka is away: name a folder that this user may write, on a disk "
        "with room, by HOOKLINE_DATA_DIR.",
    )


def _log(settings: Settings, kafka: Connection, topics: Topics) -> KafkaLog:
    say = logger("endpoint")
    config = producer_config(
        kafka,
        ack_timeout_s=settings.endpoint_ack_timeout_s,
        max_message=max_message_bytes(settings.endpoint_max_body_bytes),
    )
    return KafkaLog(
        config,
        topics.raw,
        settings.endpoint_ack_timeout_s,
        on_error=_seldom(lambda what: say.warning("kafka", error=what)),
    )


def _run(part: Coroutine[Any, Any, None], give_up: GiveUp, stack: AsyncExitStack) -> None:
    """Let it run as long as the endpoint does; if it fails, the endpoint has to end."""
    task = asyncio.create_task(part)

    def ended(_task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            give_up(error if isinstance(error, Exception) else str(error))

    async def stop() -> None:
        task.cancel()
        await asyncio.wait([task])

    task.add_done_callback(ended)
    stack.push_async_callback(stop)


def _seldom(say: Callable[[str], None], every_s: float = 5.0) -> Callable[[str], None]:
    """Say each thing now and then only: while Kafka is away, librdkafka repeats itself."""
    last: dict[str, float] = {}

    def said(what: str) -> None:
        now = time.monotonic()
        if now - last.get(what, float("-inf")) >= every_s:
            last[what] = now
            say(what)

    return said
