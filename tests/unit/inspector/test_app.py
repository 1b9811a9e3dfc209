"""The inspector over ASGI, asked by an HTTP client."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import httpx
import pytest

from app.inspector.app import LARGEST_BODY, Inspector
from app.inspector.registry import RegistryApi
from tests.unit.inspector.test_registry import CREATED, PUBLISHED, SCHEMA, V2


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    app = Inspector(RegistryApi(PUBLISHED))
    transport = httpx.ASGITransport(app)  # pyright: ignore[reportArgumentType]
    async with httpx.AsyncClient(transport=transport, base_url="http://inspector") as client:
        yield client


async def test_it_is_alive_and_ready(client: httpx.AsyncClient) -> None:
    assert (await client.get("/livez")).json() == {"live": True}
    ready = (await client.get("/readyz")).json()
    assert ready == {"ready": True, "not_ready": [], "warnings": []}


async def test_it_is_ready_and_says_what_is_wrong() -> None:
    app = Inspector(RegistryApi(PUBLISHED), warnings=lambda: ["Kafka does not answer"])
    transport = httpx.ASGITransport(app)  # pyright: ignore[reportArgumentType]
    async with httpx.AsyncClient(transport=transport, base_url="http://inspector") as client:
        answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()["warnings"]) == (200, ["Kafka does not answer"])


async def test_it_counts_what_it_answers(client: httpx.AsyncClient) -> None:
    await client.get(f"/schemas/ids/{V2.id}")
    await client.get("/nowhere")
    page = (await client.get("/metrics")).text
    assert 'inspector_requests_total{route="/schemas/ids/{id}",status="200"} 1.0' in page
    assert 'inspector_requests_total{route="",status="404"} 1.0' in page


async def test_subjects_are_percent_decoded(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"/subjects/{CREATED.replace('.', '%2E')}/versions/latest")
    assert answer.json()["id"] == V2.id
    assert answer.headers["content-type"] == "application/vnd.schemaregistry.v1+json"


async def test_head_has_no_body(client: httpx.AsyncClient) -> None:
    answer = await client.head(f"/schemas/ids/{V2.id}")
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["content-length"]) > 0


async def test_a_body_is_read(client: httpx.AsyncClient) -> None:
    answer = await client.post(f"/subjects/{CREATED}", json={"schema": json.dumps(SCHEMA)})
    assert answer.json()["version"] == 2


async def test_a_body_has_a_limit(client: httpx.AsyncClient) -> None:
    answer = await client.post(f"/subjects/{CREATED}", content=b" " * (LARGEST_BODY + 1))
    assert answer.status_code == 413
