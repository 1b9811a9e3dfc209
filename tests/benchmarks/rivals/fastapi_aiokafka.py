"""FastAPI and aiokafka as their documentation shows them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaProducer
from fastapi import FastAPI, HTTPException, Request  # pyright: ignore[reportMissingImports]

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


def application(told: Told) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.producer = AIOKafkaProducer(
            bootstrap_servers=told.bootstrap,
            acks="all",
            enable_idempotence=True,
            linger_ms=LINGER_MS,
            compression_type=CODEC,
        )
        async with app.state.producer:
            yield

    app = FastAPI(lifespan=lifespan)

    @app.get(READY)
    async def ready() -> dict[str, bool]:
        return {"ready": True}

    @app.post(PATH)
    async def take(request: Request) -> dict[str, str | int]:
        body = await request.body()
        if not is_genuine(request.headers.get(SIGNATURE, ""), body):
            raise HTTPException(401)
        key = request.headers.get(DELIVERY, "").encode()
        at = await app.state.producer.send_and_wait(told.topic, body, key)
        return {"topic": at.topic, "partition": at.partition, "offset": at.offset}

    return app


if __name__ == "__main__":
    serve(application(told()), told().port)
