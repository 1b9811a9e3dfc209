"""What a vendor is answered, and what is on the log then."""

from __future__ import annotations

import msgspec
import pytest

from app.core.vendors.contract import Admitted, Identity, Request, Source, Vendor
from app.core.webhook import event_id, read_raw_record
from tests.unit.endpoint.asgi import NOW, SECRET, SOURCES, Bench, call_ended, signed


async def test_a_genuine_webhook_is_stored_and_its_receipt_says_where() -> None:
    bench = Bench()
    body = call_ended()
    answer = await bench.post("/webhooks/shop", body, signed(body))
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json == {
        "id": event_id("shop", body),
        "type": "varda.call.ended",
        "key": "shop/call/call-1",
        "topic": "webhooks.raw",
        "partition": 0,
        "offset": 0,
    }
    [record] = bench.log.records
    assert record.body == body
    read = read_raw_record(0, 0, record.key.encode(), record.body, record.headers())
    assert read.id == answer.json["id"]
    assert read.source == "shop"
    assert read.type == "varda.call.ended"
    assert read.received_at == int(NOW * 1_000_000)
    assert read.content_type == "application/json"
    assert read.delivery == "dlv_1"
    assert bench.count("hookline_endpoint_stored_total", source="shop") == 1


async def test_the_old_secret_still_counts_while_one_is_rotated() -> None:
    bench = Bench()
    body = call_ended()
    answer = await bench.post("/webhooks/shop", body, signed(body, secret=b"varda-secret-0"))
    assert answer.status == 200


async def test_the_configured_account_is_on_the_record() -> None:
    bench = Bench()
    body = b'{"event":"conversation_created","id":3,"status":"open"}'
    assert (await bench.post("/webhooks/inbox", body)).json["key"].startswith("inbox/")
    assert bench.log.records[0].account == "7"


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({}, "no_signature"),
        (signed(call_ended(), secret=b"somebody-else"), "bad_signature"),
        (signed(call_ended("another")), "bad_signature"),
        (signed(call_ended(), at=NOW - 301), "expired"),
        (signed(call_ended(), at=NOW + 301), "expired"),
    ],
)
async def test_what_is_not_genuine_is_401_counted_and_not_stored(
    headers: dict[str, str], reason: str
) -> None:
    bench = Bench()
    answer = await bench.post("/webhooks/shop", call_ended(), headers)
    assert answer.status == 401
    assert answer.json["error"] == reason
    assert bench.log.records == []
    assert bench.count("hookline_endpoint_refused_total", source="shop", reason=reason) == 1
    assert bench.count("hookline_endpoint_stored_total", source="shop") == 0


async def test_a_secret_in_the_body_is_masked_on_the_log_and_changes_no_id() -> None:
    bench = Bench()
    body = b'{"type":"ping","payload":{"workspaceSecret":"convocore-secret","createdAt":1}}'
    answer = await bench.post("/webhooks/bots", body)
    assert answer.status == 200
    masked = body.replace(b"convocore-secret", b"***")
    assert bench.log.records[0].body == masked
    assert answer.json["id"] == event_id("bots", masked)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{not json", "not_json"),
        (b"[1]", "not_an_object"),
        (b'{"event":"call.sang","data":{"id":"1"}}', "unknown_event"),
        (b'{"event":"call.ended","data":{}}', "no_key"),
        (b'{"event":"call.ended","data":{"id":"\\ud800"}}', "not_json"),
    ],
)
async def test_what_is_genuine_is_never_refused_for_its_content(body: bytes, reason: str) -> None:
    bench = Bench()
    answer = await bench.post("/webhooks/shop", body, signed(body))
    assert answer.status == 200
    assert answer.json["type"] == "varda.unknown"
    assert answer.json["key"] == f"shop/unknown/{event_id('shop', body)}"
    assert bench.log.records[0].body == body
    assert bench.count("hookline_endpoint_unidentified_total", source="shop", reason=reason) == 1


async def test_voisos_call_notify_comes_as_a_get_with_its_fields_in_the_query() -> None:
    bench = Bench()
    query = b"event=inbound.call.hangup&key=voiso-secret&data.id=abc-1"
    answer = await bench.ask("GET", "/webhooks/phones", query=query)
    assert answer is not None
    assert answer.status == 200
    [record] = bench.log.records
    assert record.body == query.replace(b"voiso-secret", b"***")
    assert record.content_type == "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("GET", "/webhooks/shop", "POST"),
        ("HEAD", "/webhooks/phones", "POST, GET"),
        ("PUT", "/webhooks/phones", "POST, GET"),
        ("DELETE", "/webhooks/bots", "POST"),
        ("POST", "/readyz", "GET, HEAD"),
    ],
)
async def test_other_methods_are_405_and_told_which_are_allowed(
    method: str, path: str, allow: str
) -> None:
    bench = Bench()
    answer = await bench.ask(method, path, b"x")
    assert answer is not None
    assert answer.status == 405
    assert answer.headers["allow"] == allow
    assert bench.log.records == []


@pytest.mark.parametrize(
    "path", ["/webhooks/nobody", "/webhooks/", "/webhooks/shop/", "/WEBHOOKS/shop", "/", ""]
)
async def test_where_there_is_no_source_is_404_whatever_is_sent(path: str) -> None:
    bench = Bench()
    body = call_ended()
    answer = await bench.post(path, body, signed(body))
    assert answer.status == 404
    assert answer.json["error"] == "no_source"
    assert bench.count("hookline_endpoint_refused_total", source="", reason="no_source") == 1


async def test_a_fault_of_ours_is_500_and_its_words_are_not_told() -> None:
    bench = Bench()
    bench.log.failure = RuntimeError("secret stuff")
    body = call_ended()
    answer = await bench.post("/webhooks/shop", body, signed(body))
    assert answer.status == 500
    assert b"secret stuff" not in answer.body


async def test_an_identifier_that_breaks_loses_nothing() -> None:
    def admit(request: Request, _source: Source, _now: float, _window: float) -> Admitted:
        return Admitted(body=request.body)

    def identify(_body: bytes, _type: str, _source: Source) -> Identity:
        raise ZeroDivisionError

    broken = Vendor("broken", admit, identify, lambda tree: tree, lambda _body: False, ())
    bench = Bench(sources=[(Source(name="b", vendor="broken"), broken)])
    answer = await bench.post("/webhooks/b", b"{}")
    assert answer.status == 200
    assert answer.json["type"] == "broken.unknown"
    assert bench.count("hookline_endpoint_unidentified_total", source="b", reason="internal") == 1


async def test_no_secret_is_in_metrics_receipts_or_refusals() -> None:
    bench = Bench()
    body = call_ended()
    told = [
        (await bench.post("/webhooks/shop", body, signed(body))).body,
        (await bench.post("/webhooks/shop", SECRET, signed(SECRET))).body,
        (await bench.post("/webhooks/phones", b'{"secret":"voiso-secret"}')).body,
        (await bench.post("/webhooks/bots", b"convocore-secret")).body,
        (await bench.post("/webhooks/bots", b'{"workspaceSecret":"convocore-secret"}')).body,
        (await bench.post("/webhooks/convocore-secret", b"")).body,
    ]
    metrics = await bench.ask("GET", "/metrics")
    assert metrics is not None
    assert b'hookline_endpoint_stored_total{source="shop"}' in metrics.body
    everything = b"".join([*told, metrics.body, *(r.body for r in bench.log.records)])
    everything += msgspec.json.encode([r.headers() for r in bench.log.records])
    for source in SOURCES:
        for secret in source.secrets:
            assert secret not in everything
