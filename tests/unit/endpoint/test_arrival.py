"""A body that is too long, comes in pieces, or does not come at all."""

from __future__ import annotations

import asyncio

import pytest

from tests.unit.endpoint.asgi import LIMIT, Bench, call_ended, signed


async def test_a_body_that_arrives_in_pieces_is_stored_whole() -> None:
    bench = Bench()
    body = call_ended()
    pieces = [body[:10], b"", body[10:50], body[50:]]
    answer = await bench.ask("POST", "/webhooks/shop", pieces, signed(body))
    assert answer is not None
    assert answer.status == 200
    assert bench.log.records[0].body == body


@pytest.mark.parametrize("declared", [True, False])
async def test_a_body_above_the_limit_is_413_whether_it_says_so_or_not(declared: bool) -> None:
    bench = Bench()
    body = b"x" * (LIMIT + 1)
    headers = {"content-length": str(len(body))} if declared else {}
    answer = await bench.ask("POST", "/webhooks/shop", [body[:LIMIT], body[LIMIT:]], headers)
    assert answer is not None
    assert answer.status == 413
    assert answer.headers["connection"] == "close"
    assert "4,096 bytes" in answer.json["message"]


async def test_a_body_at_the_limit_is_taken() -> None:
    bench = Bench()
    body = call_ended("x" * 100).ljust(LIMIT)
    answer = await bench.post("/webhooks/shop", body, signed(body))
    assert answer.status == 200


async def test_a_body_that_does_not_arrive_is_408() -> None:
    bench = Bench(body_timeout_s=0.05)
    answer = await bench.ask("POST", "/webhooks/shop", [b"{"], then="silence")
    assert answer is not None
    assert answer.status == 408
    assert answer.headers["connection"] == "close"


async def test_a_body_still_arriving_when_the_endpoint_stops_is_503() -> None:
    bench = Bench(body_timeout_s=60)
    asking = asyncio.create_task(bench.ask("POST", "/webhooks/shop", [b"{"], then="silence"))
    await asyncio.sleep(0)
    bench.body.hurry(0.01)
    answer = await asyncio.wait_for(asking, 2)
    assert answer is not None
    assert (answer.status, answer.json["error"]) == (503, "stopping")
    assert "retry-after" in answer.headers


async def test_a_client_that_goes_away_is_not_answered_and_nothing_is_stored() -> None:
    bench = Bench()
    body = call_ended()
    answer = await bench.ask("POST", "/webhooks/shop", body, signed(body), then="disconnect")
    assert answer is None
    assert bench.log.records == []
    assert bench.count("hookline_endpoint_refused_total", source="shop", reason="client_gone") == 1
