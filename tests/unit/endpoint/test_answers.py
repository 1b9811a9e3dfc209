"""What a vendor is answered, and what is on the log then."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from app.core.vendors.contract import Admitted, Identity, Request, Source, Vendor
from app.core.webhook import event_id, read_raw_record
from app.endpoint.errors import KafkaAway, KafkaRefused, Overloaded
from app.endpoint.health import Health
from app.endpoint.spool.memory import MemorySpool
from tests.unit.endpoint.asgi import LIMIT, NOW, SECRET, SOURCES, Bench, call_ended, signed


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


async def test_a_body_that_arrives_in_pieces_is_stored_whole() -> None:
    bench = Bench()
    body = call_ended()
    pieces = [body[:10], b"", body[10:50], body[50:]]
    answer = await bench.ask("POST", "/webhooks/shop", pieces, signed(body))
    assert answer is not None
    assert answer.status == 200
    assert bench.log.records[0].body == body


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


@pytest.mark.parametrize("failure", [KafkaAway(), Overloaded()])
async def test_what_kafka_does_not_acknowledge_is_202_and_in_the_spool(failure: Exception) -> None:
    bench = Bench()
    bench.log.failure = failure
    body = call_ended()
    answer = await bench.post("/webhooks/shop", body, signed(body))
    assert answer.status == 202
    assert answer.json == {
        "id": event_id("shop", body),
        "type": "varda.call.ended",
        "key": "shop/call/call-1",
        "spooled": True,
    }
    assert [record.body for record in bench.spool.records] == [body]
    assert bench.count("hookline_endpoint_spooled_total", source="shop") == 1
    assert bench.count("hookline_endpoint_stored_total", source="shop") == 0


@pytest.mark.parametrize("silent", [True, False])
async def test_kafka_is_away_once_nothing_is_acknowledged_within_a_budget(silent: bool) -> None:
    bench = Bench()
    bench.log.failure = KafkaAway(silent=silent)
    body = call_ended()
    assert (await bench.post("/webhooks/shop", body, signed(body))).status == 202
    assert bench.breaker.is_open is silent


async def test_while_kafka_is_known_to_be_away_it_is_not_asked() -> None:
    bench = Bench()
    bench.breaker.trip()
    body = call_ended()
    assert (await bench.post("/webhooks/shop", body, signed(body))).status == 202
    assert bench.log.records == []
    bench.breaker.close()
    assert (await bench.post("/webhooks/shop", body, signed(body))).status == 200


async def test_where_the_spool_takes_nothing_kafka_is_asked_each_time() -> None:
    """There would be nothing to try with whether it is back."""
    bench = Bench()
    bench.log.failure = KafkaAway(silent=True)
    bench.spool.broken = True
    body = call_ended()
    assert (await bench.post("/webhooks/shop", body, signed(body))).status == 503
    assert not bench.breaker.is_open


@pytest.mark.parametrize(
    ("failure", "broken", "label"),
    [
        (KafkaAway(), True, "spool_broken"),
        (KafkaAway(), False, "spool_full"),
        (KafkaRefused("MSG_SIZE_TOO_LARGE"), False, "kafka_refused"),
    ],
)
async def test_what_neither_can_take_is_503_and_to_be_sent_again(
    failure: Exception, broken: bool, label: str
) -> None:
    bench = Bench(spool=MemorySpool(max_entries=0))
    bench.log.failure = failure
    bench.spool.broken = broken
    body = call_ended()
    answer = await bench.post("/webhooks/shop", body, signed(body))
    assert answer.status == 503
    assert int(answer.headers["retry-after"]) > 0
    assert answer.json["error"] == label
    assert bench.count("hookline_endpoint_refused_total", source="shop", reason=label) == 1
    bench.log.failure = None
    assert (await bench.post("/webhooks/shop", body, signed(body))).status == 200


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


async def test_livez_answers_readyz_says_what_is_not_ready() -> None:
    health = Health(ready=False, not_ready=["Kafka does not answer: _TRANSPORT"])

    async def ready() -> Health:
        return health

    bench = Bench(ready=ready)
    live = await bench.ask("GET", "/livez")
    assert live is not None
    assert live.status == 200
    answer = await bench.ask("GET", "/readyz")
    assert answer is not None
    assert answer.status == 503
    assert answer.json == {"ready": False, "not_ready": health.not_ready, "warnings": []}
    health = Health(ready=True, warnings=["Kafka does not answer: _TRANSPORT"])
    answer = await bench.ask("GET", "/readyz")
    assert answer is not None
    assert answer.status == 200
    assert answer.json == {"ready": True, "not_ready": [], "warnings": health.warnings}


@pytest.mark.parametrize("ready", [True, False])
async def test_metrics_say_whether_it_is_ready(ready: bool) -> None:
    async def asked() -> Health:
        return Health(ready=ready)

    bench = Bench(ready=asked)
    metrics = await bench.ask("GET", "/metrics")
    assert metrics is not None
    assert b"\nhookline_endpoint_ready %.1f\n" % ready in metrics.body


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
