"""Starlette and confluent-kafka, whose acknowledgements come from a thread that polls."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Event, Thread

from confluent_kafka import KafkaError, KafkaException, Message, Producer
from starlette.applications import Starlette  # pyright: ignore[reportMissingImports]
from starlette.requests import Request  # pyright: ignore[reportMissingImports]
from starlette.responses import JSONResponse, Response  # pyright: ignore[reportMissingImports]
from starlette.routing import Route  # pyright: ignore[reportMissingImports]

from tests.benchmarks.rivals.job import (
    CODEC,
    DELIVERY,
    LINGER_MS,
    PATH,
    READY,
    SIGNATURE,
    Told,
    is_genuine,
    serve,
    told,
)


class Log:
    """A topic that is written from an event loop."""

    def __init__(self, told: Told) -> None:
        self._topic = told.topic
        self._loop = asyncio.get_running_loop()
        self._producer = Producer(
            {
                "bootstrap.servers": told.bootstrap,
                "acks": "all",
                "enable.idempotence": True,
                "linger.ms": LINGER_MS,
                "compression.type": CODEC,
            }
        )
        self._ended = Event()
        self._thread = Thread(target=self._poll, daemon=True)
        self._thread.start()

    def append(self, body: bytes, key: str) -> asyncio.Future[Message]:
        future: asyncio.Future[Message] = self._loop.create_future()

        def delivered(error: KafkaError | None, message: Message) -> None:
            if error is None:
                self._loop.call_soon_threadsafe(future.set_result, message)
            else:
                self._loop.call_soon_threadsafe(future.set_exception, KafkaException(error))

        self._producer.produce(self._topic, body, key, on_delivery=delivered)
        return future

    def close(self) -> None:
        self._producer.flush(1)
        self._ended.set()
        self._thread.join()

    def _poll(self) -> None:
        while not self._ended.is_set():
            self._producer.poll(0.1)


def application(told: Told) -> Starlette:
    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        app.state.log = Log(told)
        yield
        app.state.log.close()

    async def ready(_request: Request) -> Response:
        return JSONResponse({"ready": True})

    async def take(request: Request) -> Response:
        body = await request.body()
        if not is_genuine(request.headers.get(SIGNATURE, ""), body):
            return Response(status_code=401)
        at = await request.app.state.log.append(body, request.headers.get(DELIVERY, ""))
        return JSONResponse(
            {"topic": at.topic(), "partition": at.partition(), "offset": at.offset()}
        )

    routes = [Route(READY, ready), Route(PATH, take, methods=["POST"])]
    return Starlette(routes=routes, lifespan=lifespan)


if __name__ == "__main__":
    serve(application(told()), told().port)
